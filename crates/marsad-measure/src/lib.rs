//! marsad-measure
