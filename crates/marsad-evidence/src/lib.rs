//! marsad-evidence
