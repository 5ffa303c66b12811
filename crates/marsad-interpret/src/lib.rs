//! marsad-interpret
