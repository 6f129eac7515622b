//! Making other people's words safe to show.
