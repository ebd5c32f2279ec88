//! `kill -9` of anything, at any moment: no acknowledged write is lost, no container is orphaned or doubled.
