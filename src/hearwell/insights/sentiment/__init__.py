"""How texts are judged: what the score model was learnt from, how well it judges, and why so."""
