//! marsad-simulate
