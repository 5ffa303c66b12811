//! marsad-report
