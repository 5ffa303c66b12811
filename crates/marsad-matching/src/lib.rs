//! marsad-matching
