"""Operations' side of updates: keys, building a release, signing and publishing it."""
