//! The page's DNS panel as data: names of a set and its Services, and what each is answered with.
