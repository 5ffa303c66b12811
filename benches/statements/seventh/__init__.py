"""Test worlds for recognising the same statement wherever it reappears in public channels.

A world is a list of posts in Arabic, Russian and English, in channels that each put a frame of
their own round what they post. Each post names the statements that it carries; two posts are a
true pair if they share one. Three posts in ten are hard negatives. The same seed gives the same
world.

Written blind: its writer had read neither the rules of matching nor the other hands.

Choices that one could doubt:
- Series, denials, two-report and quoting texts are never cut, shortened or given synonyms, and
  typing errors spare figures, names and places: a copy keeps what tells it from its siblings.
  Fillings that come out equal share an id.
- A cut copy keeps 58 to 88 % of the words; a sentence left out is never the first and is under
  35 % of the text. Two copies that are cut differently are still a pair.
- Items of digests have at most 48 words; two digests with one item in common are a pair.
- Two reports on one event have different ids, and so may two real texts on one event.
- Pairs of titles marked as disagreeing count as opposites, though some differ in more than that.
- Vowel signs are put on at random, not by grammar.
"""
