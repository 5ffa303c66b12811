//! Marsad as its users run it: the program, its output, its exit codes.

mod bench;
mod contract;
mod evidence;
mod hostile;
mod outside;
mod privacy;
mod worlds;
