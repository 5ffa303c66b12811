"""Test worlds for recognising the same statement wherever it reappears in public channels.

A world is a list of some 2600 posts in 33 to 45 channels, a third each in Arabic, Russian and
English. Each post names the statements that it carries; two posts are a true pair if they share
one, and a world has about 2500 such pairs. More than half of the posts carry a statement that
occurs once. Over a quarter are hard negatives or copies of such: series of bulletins, greetings
and long frames round different texts, tellings of one event, denials, quotes. Most statements
are real posts, each used once; the others are filled templates. The kind of a post says what it
is and what its copier changed; the dress that a channel gives to all its posts is not named.
The same seed gives the same world.

Choices that one could doubt:
- A long frame belongs to the statement: another text in it is another statement.
- Reports and denials, tellings of one event and titles that contradict each other (some in more
  than a word) have different ids. Bulletins have too if only a time or a date differs; fillings
  that come out equal share one. Copies of all these and of framed texts are not cut or reworded.
- Digests list whole statements, mostly of at most 45 words, and some real texts that occur nowhere
  else; two digests with one item in common are a pair.
- A cut copy keeps 62 to 88 % of 20 words or more; a sentence left out is under 35 % of the text.
- Real texts are often tweets: opinion, dialect, some clipped by their source. Those in English
  and Arabic are short, the Russian ones long. One is refused if its words are too like those of
  another; that two say the same in other words goes unseen.
- Greetings are no part of a statement, and no post consists of one only.
- Vowel signs are put on at random, not by grammar.
"""
