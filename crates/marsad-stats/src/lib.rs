//! marsad-stats
