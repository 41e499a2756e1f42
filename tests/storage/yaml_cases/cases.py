"""Files that are refused, and every fault that is told of each: line, column, message; hint."""

CASES: dict[str, dict[str, tuple[bytes, tuple[str, ...]]]] = {
    "syntax: what is not YAML": {
        "a colon inside a value": (
            b"a: b: c\n",
            (
                '1:5 mapping values are not allowed in this context; put text that holds ": " in double quotes, or align the line with its neighbours',
            ),
        ),
        "a key indented below a value": (
            b"a: 1\n  b: 2\n",
            (
                '2:4 mapping values are not allowed in this context; put text that holds ": " in double quotes, or align the line with its neighbours',
            ),
        ),
        "a key indented too little": (
            b"a:\n    b: 1\n  c: 2\n",
            ("3:3 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "a key further left than the first": (
            b"  a: 1\nb: 2\n",
            (
                "2:1 did not find expected <document start>; begin every line of the top mapping in one column",
            ),
        ),
        "a key one column left of the first": (
            b"  a: 1\n b: 2\n",
            (
                "2:2 did not find expected <document start>; begin every line of the top mapping in one column",
            ),
        ),
        "a list behind its key": (
            b"a: - b\n",
            (
                "1:4 block sequence entries are not allowed in this context; begin the list on a line of its own",
            ),
        ),
        "an unclosed double quote": (
            b'a: "b\nc: 1\n',
            ("1:4 found unexpected end of stream; close the quotes",),
        ),
        "an unclosed single quote": (
            b"a: 'b\nc: 1\n",
            ("1:4 found unexpected end of stream; close the quotes",),
        ),
        "an unclosed list": (
            b"a: [1, 2\nb: 3\n",
            ("2:2 did not find expected ',' or ']'; close the bracket, or put a comma between two items",),
        ),
        "an unclosed mapping": (
            b"a: {b: 1\n",
            ("2:1 did not find expected ',' or '}'; close the bracket, or put a comma between two items",),
        ),
        "a closing bracket alone": (
            b"a: ]\n",
            ("1:4 did not find expected node content; align the line with its neighbours, or quote it",),
        ),
        "a closing brace alone": (
            b"a: }\n",
            ("1:4 did not find expected node content; align the line with its neighbours, or quote it",),
        ),
        "a bracket of the other kind": (
            b"a: [1}\n",
            ("1:6 did not find expected ',' or ']'; close the bracket, or put a comma between two items",),
        ),
        "a comma alone": (
            b"a: ,\n",
            ("1:4 did not find expected node content; align the line with its neighbours, or quote it",),
        ),
        "a list that begins with a comma": (
            b"a: [, b]\n",
            ("1:5 did not find expected node content; align the line with its neighbours, or quote it",),
        ),
        "two commas in a list": (
            b"a: [b,, c]\n",
            ("1:7 did not find expected node content; align the line with its neighbours, or quote it",),
        ),
        "text behind quotes": (
            b'a: "b" c\n',
            ("1:8 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "text behind single quotes": (
            b"a: 'b' c\n",
            ("1:8 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "text behind brackets": (
            b"a: [b] c\n",
            ("1:8 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "an at sign first": (
            b"a: @b\n",
            ("1:4 found character that cannot start any token; put the text in double quotes",),
        ),
        "a backtick first": (
            b"a: `b`\n",
            ("1:4 found character that cannot start any token; put the text in double quotes",),
        ),
        "a percent sign first": (
            b"a: %b\n",
            ("1:4 found character that cannot start any token; put the text in double quotes",),
        ),
        "no colon": (
            b"a\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "no colon on the second line": (
            b"a: 1\nb\n",
            ("2:1 could not find expected ':'; write a colon and a space after the key",),
        ),
        "no space behind the colon": (
            b"a:1\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "no space behind the second colon": (
            b"a: 1\nb:2\n",
            ("2:1 could not find expected ':'; write a colon and a space after the key",),
        ),
        "an unknown escape": (
            b'a: "\\q"\n',
            ("1:5 found unknown escape character; use single quotes, or write the backslash twice",),
        ),
        "a short escape": (
            b'a: "\\x1"\n',
            ("1:7 did not find expected hexdecimal number; write the character itself",),
        ),
        "an escape that is half a character": (
            b'a: "\\ud800"\n',
            ("1:7 found invalid Unicode character escape code; write the character itself",),
        ),
        "a backslash at the end": (
            b'a: "\\',
            ("1:5 found unknown escape character; use single quotes, or write the backslash twice",),
        ),
        "a colon at the end": (
            b"a: b:\n",
            (
                '1:5 mapping values are not allowed in this context; put text that holds ": " in double quotes, or align the line with its neighbours',
            ),
        ),
        "items and keys mixed": (
            b"- a\nb: 1\n",
            ("2:1 did not find expected '-' indicator; align the line with its neighbours, or quote it",),
        ),
        "keys and items mixed": (
            b"a: 1\n- b\n",
            ("2:1 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "an item further right": (
            b"a:\n  - b\n    - c: 1\n",
            (
                '3:8 mapping values are not allowed in this context; put text that holds ": " in double quotes, or align the line with its neighbours',
            ),
        ),
        "an item further left": (
            b"a:\n    - b\n  - c\n",
            ("3:3 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "a block with a wrong header": (
            b"a: |x\n  b\n",
            ("1:5 did not find expected comment or line break; begin the text on the next line",),
        ),
        "a block that begins further in": (
            b"a: |\n     \n  b\n",
            (
                '1:4 the block of text is empty; write ""',
                "3:3 did not find expected key; align the line with its neighbours, or quote it",
            ),
        ),
        "a merge conflict": (
            b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
            ("2:1 could not find expected ':'; write a colon and a space after the key",),
        ),
        "json with a trailing word": (
            b'{"a": 1} b\n',
            (
                "1:10 did not find expected <document start>; begin every line of the top mapping in one column",
            ),
        ),
        "an unclosed key": (
            b'"a: 1\n',
            ("1:1 found unexpected end of stream; close the quotes",),
        ),
        "a key over two lines": (
            b"a\nb: 1\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "a very long key": (
            b"k" * 1100 + b": 1\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "a bare question mark": (
            b"?\n",
            ("1:2 a key is missing; write a key",),
        ),
        "a quote in the middle of a quoted text": (
            b'a: "b"c"\n',
            ("1:7 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "a comment in a text over lines": (
            b"a: b\n  # c\n  d\n",
            ("3:3 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "an unknown directive": (
            b"%FOO\n---\na: 1\n",
            ("1:5 found unknown directive name; delete the line",),
        ),
    },
    "syntax: what is YAML, but not read here": {
        "an empty file": (
            b"",
            ("1:1 the file holds no document; write a mapping",),
        ),
        "a comment only": (
            b"# nothing\n",
            ("1:1 the file holds no document; write a mapping",),
        ),
        "line breaks only": (
            b"\n\n",
            ("1:1 the file holds no document; write a mapping",),
        ),
        "a list at the top": (
            b"- a\n",
            ('1:1 the document is a list, not a mapping; begin it with "key: value"',),
        ),
        "a text at the top": (
            b"a\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "a number at the top": (
            b"1\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "null at the top": (
            b"null\n",
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "a quoted text at the top": (
            b'"a"\n',
            ('1:1 the document is a single value, not a mapping; begin it with "key: value"',),
        ),
        "a list in brackets at the top": (
            b"[a]\n",
            ('1:1 the document is a list, not a mapping; begin it with "key: value"',),
        ),
        "two documents": (
            b"a: 1\n---\nb: 2\n",
            ("2:1 a second document begins here; put it in a file of its own",),
        ),
        "three documents": (
            b"---\na: 1\n---\nb: 2\n---\nc: 3\n",
            ("3:1 a second document begins here; put it in a file of its own",),
        ),
        "an empty document behind": (
            b"a: 1\n---\n",
            ("2:1 a second document begins here; put it in a file of its own",),
        ),
        "an end marker": (
            b"a: 1\n...\n",
            ("2:1 an end marker is not read here; delete the line",),
        ),
        "an end marker and more": (
            b"a: 1\n...\nb: 2\n",
            (
                "2:1 an end marker is not read here; delete the line",
                "3:1 did not find expected <document start>; begin every line of the top mapping in one column",
            ),
        ),
        "a version directive": (
            b"%YAML 1.2\n---\na: 1\n",
            ("1:1 a directive is not read here; delete the line",),
        ),
        "a version directive of old": (
            b"%YAML 1.1\n---\na: yes\n",
            (
                "1:1 a directive is not read here; delete the line",
                '3:4 `yes` is true to some readers and text to others; write "yes" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "a tag directive": (
            b"%TAG ! tag:x,2000:\n---\na: 1\n",
            ("1:1 a directive is not read here; delete the line",),
        ),
        "an anchor": (
            b"a: &x 1\n",
            ("1:4 an anchor is not read here; delete it",),
        ),
        "an anchor on a list": (
            b"a: &x [b]\n",
            ("1:4 an anchor is not read here; delete it",),
        ),
        "an anchor on a block": (
            b"a: &x\n  b: 1\n",
            ("1:4 an anchor is not read here; delete it",),
        ),
        "an anchor on a key": (
            b"&x a: 1\n",
            ("1:1 an anchor is not read here; delete it",),
        ),
        "an anchor at the top": (
            b"&x\na: 1\n",
            ("1:1 an anchor is not read here; delete it",),
        ),
        "an alias": (
            b"a: *x\n",
            ("1:4 an alias is not read here; write the value out",),
        ),
        "an anchor and its alias": (
            b"a: &x 1\nb: *x\n",
            (
                "1:4 an anchor is not read here; delete it",
                "2:4 an alias is not read here; write the value out",
            ),
        ),
        "an alias as key": (
            b"*x : 1\n",
            ("1:1 an alias is not read here; write the value out",),
        ),
        "a billion laughs": (
            b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
            (
                "1:4 an anchor is not read here; delete it",
                "2:4 an anchor is not read here; delete it",
                "2:8 an alias is not read here; write the value out",
            ),
        ),
        "a tag": (
            b"a: !x 1\n",
            ("1:4 a tag is not read here; delete it",),
        ),
        "a core tag": (
            b"a: !!str 1\n",
            ("1:4 a tag is not read here; delete it",),
        ),
        "a lone tag": (
            b"a: ! 1\n",
            ("1:4 a tag is not read here; delete it",),
        ),
        "a python tag": (
            b'a: !!python/object/apply:os.system ["id"]\n',
            ("1:4 a tag is not read here; delete it",),
        ),
        "a binary": (
            b"a: !!binary aGk=\n",
            ("1:4 a tag is not read here; delete it",),
        ),
        "a set": (
            b"a: !!set {b, c}\n",
            ("1:4 a tag is not read here; delete it",),
        ),
        "a tag on a key": (
            b"!!str a: 1\n",
            ("1:1 a tag is not read here; delete it",),
        ),
        "a tag by address": (
            b"a: !<tag:yaml.org,2002:str> 1\n",
            ("1:4 a tag is not read here; delete it",),
        ),
        "a tag and an anchor": (
            b"a: !x &y 1\n",
            (
                "1:4 an anchor is not read here; delete it",
                "1:4 a tag is not read here; delete it",
            ),
        ),
        "a merge key": (
            b"a:\n  <<: {b: 1}\n  c: 2\n",
            ('2:3 `<<` merges or names values to some readers and is text to others; write "<<" in quotes',),
        ),
        "a merge key with an alias": (
            b"a: &x {b: 1}\nc:\n  <<: *x\n",
            (
                "1:4 an anchor is not read here; delete it",
                '3:3 `<<` merges or names values to some readers and is text to others; write "<<" in quotes',
                "3:7 an alias is not read here; write the value out",
            ),
        ),
        "a merge sign as value": (
            b"a: <<\n",
            ('1:4 `<<` merges or names values to some readers and is text to others; write "<<" in quotes',),
        ),
        "a value sign": (
            b"a: =\n",
            ('1:4 `=` merges or names values to some readers and is text to others; write "=" in quotes',),
        ),
        "a key after a question mark": (
            b"? a\n: b\n",
            ('1:3 a key after a question mark is not read here; write "key: value"',),
        ),
        "a key after a question mark below": (
            b"?\n  a\n: b\n",
            ('2:3 a key after a question mark is not read here; write "key: value"',),
        ),
        "a key after a question mark in brackets": (
            b"{? a : b}\n",
            ('1:4 a key after a question mark is not read here; write "key: value"',),
        ),
        "a question mark glued to an item": (
            b"a: [b, ?c]\n",
            ('1:9 a key after a question mark is not read here; write "key: value"',),
        ),
        "a list as key": (
            b"? [a]\n: b\n",
            ('1:3 a key after a question mark is not read here; write "key: value"',),
        ),
        "a list in brackets as key": (
            b"[a]: b\n",
            ("1:1 a list or mapping is no key; write a text as key",),
        ),
        "a mapping as key": (
            b"{a: 1}: b\n",
            ("1:1 a list or mapping is no key; write a text as key",),
        ),
        "a mapping as key over lines": (
            b"? a: 1\n: b\n",
            ('1:3 a key after a question mark is not read here; write "key: value"',),
        ),
        "a number as key": (
            b"1: a\n",
            ('1:1 the key `1` is not text; write "1" in quotes',),
        ),
        "a float as key": (
            b"1.5: a\n",
            ('1:1 the key `1.5` is not text; write "1.5" in quotes',),
        ),
        "a version as key": (
            b"1.10: a\n",
            ('1:1 `1.10` is read as the number 1.1; write "1.10" in quotes',),
        ),
        "true as key": (
            b"true: a\n",
            ('1:1 the key `true` is not text; write "true" in quotes',),
        ),
        "null as key": (
            b"null: a\n",
            ('1:1 the key `null` is not text; write "null" in quotes',),
        ),
        "on as key": (
            b"on: push\n",
            ('1:1 `on` is true to some readers and text to others; write "on" in quotes',),
        ),
        "y as key": (
            b"x: 1\ny: 2\n",
            ('2:1 `y` is true to some readers and text to others; write "y" in quotes',),
        ),
        "a tilde as key": (
            b"~: a\n",
            ('1:1 `~` is not the plain spelling of null; write "~" in quotes',),
        ),
        "no key": (
            b"a: 1\n: b\n",
            ("2:1 did not find expected key; align the line with its neighbours, or quote it",),
        ),
        "no key in brackets": (
            b"a: {: b}\n",
            ("1:5 did not find expected node content; align the line with its neighbours, or quote it",),
        ),
        "a key twice": (
            b"a: 1\nb: 2\na: 3\n",
            ("3:1 `a` stands here a second time; keep one of the two",),
        ),
        "a key twice with the same value": (
            b"a: 1\na: 1\n",
            ("2:1 `a` stands here a second time; keep one of the two",),
        ),
        "a key twice inside": (
            b"a:\n  b: 1\n  b: 2\n",
            ("3:3 `b` stands here a second time; keep one of the two",),
        ),
        "a key twice in an item": (
            b"a:\n  - b: 1\n    c: 2\n    b: 3\n",
            ("4:5 `b` stands here a second time; keep one of the two",),
        ),
        "a key twice in brackets": (
            b"a: {b: 1, b: 2}\n",
            ("1:11 `b` stands here a second time; keep one of the two",),
        ),
        "a key twice in other quotes": (
            b"a: 1\n\"a\": 2\n'a': 3\n",
            (
                "2:1 `a` stands here a second time; keep one of the two",
                "3:1 `a` stands here a second time; keep one of the two",
            ),
        ),
        "a key twice by an escape": (
            b'a: 1\n"\\x61": 2\n',
            ("2:1 `a` stands here a second time; keep one of the two",),
        ),
        "a key twice over a block": (
            b"a:\n  b: 1\nc: 2\na:\n  b: 2\n",
            ("4:1 `a` stands here a second time; keep one of the two",),
        ),
        "lists 33 deep": (
            b"a: " + b"[" * 32 + b"]" * 32 + b"\n",
            ("1:35 the nesting is deeper than 32; split the document, or keep long lists out of it",),
        ),
        "lists a hundred thousand deep": (
            b"a: " + b"[" * 100_000,
            ("1:35 the nesting is deeper than 32; split the document, or keep long lists out of it",),
        ),
        "dashes a hundred thousand deep": (
            b"- " * 100_000,
            ("1:65 the nesting is deeper than 32; split the document, or keep long lists out of it",),
        ),
        "mappings 33 deep": (
            b"".join(b"  " * depth + b"a:\n" for depth in range(33)) + b"  " * 33 + b"b: 1\n",
            ("33:65 the nesting is deeper than 32; split the document, or keep long lists out of it",),
        ),
        "mappings in brackets 40 deep": (
            b"a: " + b"{b: " * 40 + b"}" * 40 + b"\n",
            ("1:128 the nesting is deeper than 32; split the document, or keep long lists out of it",),
        ),
        "questions a hundred thousand deep": (
            b"? " * 100_000,
            ("1:65 the nesting is deeper than 32; split the document, or keep long lists out of it",),
        ),
        "too many items": (
            b"a: [" + b"1," * 20_000 + b"]\n",
            (
                "1:39999 the document has more than 20,000 nodes; split the document, or keep long lists out of it",
            ),
        ),
        "too many keys": (
            b"".join(b"k%d: 1\n" % number for number in range(10_000)),
            (
                "10000:8 the document has more than 20,000 nodes; split the document, or keep long lists out of it",
            ),
        ),
        "too long a scalar": (
            b"a: " + b"x" * 65_537 + b"\n",
            (
                "1:4 the scalar has more than 65,536 characters; split the document, or keep long lists out of it",
            ),
        ),
        "too long a quoted scalar": (
            b'a: "' + b"x" * 65_537 + b'"\n',
            (
                "1:4 the scalar has more than 65,536 characters; split the document, or keep long lists out of it",
            ),
        ),
        "too large a file": (
            b"#" * 262_145,
            ("1:1 the file has 262,145 bytes, more than 262,144; keep long lists out of it",),
        ),
        "an indentation in digits": (
            b"a: |2\n    b\n",
            ("1:4 an indentation in digits is not read here; put the text in double quotes",),
        ),
        "an indentation in digits behind a sign": (
            b"a: >-1\n  b\n",
            ("1:4 an indentation in digits is not read here; put the text in double quotes",),
        ),
        "an empty block": (
            b"a: |\nb: 1\n",
            ('1:4 the block of text is empty; write ""',),
        ),
        "an empty folded block": (
            b"a: >\n\n\n",
            ('1:4 the block of text is empty; write ""',),
        ),
        "a block without a last line break": (
            b"a: |\n  b",
            (
                "1:4 readers disagree whether this text ends with a line break; end the file with a line break",
            ),
        ),
        "a block at the margin": (
            b"a:\n|\n  b\n",
            ("2:1 the block of text begins too far left; begin it behind its key",),
        ),
        "a comment glued to quotes": (
            b'a: "b"#c\n',
            ("1:7 a comment begins without a space before it; put a space before the #",),
        ),
        "a comment glued to brackets": (
            b"a: [b]#c\n",
            ("1:7 a comment begins without a space before it; put a space before the #",),
        ),
        "a comment glued to a block sign": (
            b"a: |#c\n  b\n",
            ("1:5 a comment begins without a space before it; put a space before the #",),
        ),
        "quoted text at the margin": (
            b'a: "b\nc"\n',
            (
                "1:4 what is in quotes or brackets goes on too far left; indent its lines, or write it on one line",
            ),
        ),
        "single quoted text at the margin": (
            b"a: 'b\nc'\n",
            (
                "1:4 what is in quotes or brackets goes on too far left; indent its lines, or write it on one line",
            ),
        ),
        "quoted text left of its key": (
            b'a:\n  b: "c\n d"\n',
            (
                "2:6 what is in quotes or brackets goes on too far left; indent its lines, or write it on one line",
            ),
        ),
        "a bracket at the margin": (
            b"a: [\n  b\n]\n",
            (
                "1:4 what is in quotes or brackets goes on too far left; indent its lines, or write it on one line",
            ),
        ),
        "a lone dash in brackets": (
            b"a: [-]\n",
            ('1:5 `-` is text to some readers and an error to others; write "-" in quotes',),
        ),
        "many faults at once": (
            b'a: 1.10\nb: yes\na: &x 0x10\nc: "\\u202e"\n',
            (
                '1:4 `1.10` is read as the number 1.1; write "1.10" in quotes if it is text, 1.1 if it is a number',
                '2:4 `yes` is true to some readers and text to others; write "yes" in quotes if it is text, true if it is a truth value',
                "3:1 `a` stands here a second time; keep one of the two",
                "3:4 an anchor is not read here; delete it",
                '3:4 `0x10` is a number to some readers and text to others; write "0x10" in quotes if it is text, 16 if it is a number',
                "4:4 U+202E RIGHT-TO-LEFT OVERRIDE is a character that reverses text; delete it",
            ),
        ),
    },
    "meanings: spellings without one meaning": {
        "`1.10` unquoted": (
            b"a: 1.10\n",
            (
                '1:4 `1.10` is read as the number 1.1; write "1.10" in quotes if it is text, 1.1 if it is a number',
            ),
        ),
        "`0.50` unquoted": (
            b"a: 0.50\n",
            (
                '1:4 `0.50` is read as the number 0.5; write "0.50" in quotes if it is text, 0.5 if it is a number',
            ),
        ),
        "`2.00` unquoted": (
            b"a: 2.00\n",
            (
                '1:4 `2.00` is read as the number 2.0; write "2.00" in quotes if it is text, 2.0 if it is a number',
            ),
        ),
        "`0.00` unquoted": (
            b"a: 0.00\n",
            (
                '1:4 `0.00` is read as the number 0.0; write "0.00" in quotes if it is text, 0.0 if it is a number',
            ),
        ),
        "`-1.20` unquoted": (
            b"a: -1.20\n",
            (
                '1:4 `-1.20` is read as the number -1.2; write "-1.20" in quotes if it is text, -1.2 if it is a number',
            ),
        ),
        "`yes` unquoted": (
            b"a: yes\n",
            (
                '1:4 `yes` is true to some readers and text to others; write "yes" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`Yes` unquoted": (
            b"a: Yes\n",
            (
                '1:4 `Yes` is true to some readers and text to others; write "Yes" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`YES` unquoted": (
            b"a: YES\n",
            (
                '1:4 `YES` is true to some readers and text to others; write "YES" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`no` unquoted": (
            b"a: no\n",
            (
                '1:4 `no` is false to some readers and text to others; write "no" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`No` unquoted": (
            b"a: No\n",
            (
                '1:4 `No` is false to some readers and text to others; write "No" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`NO` unquoted": (
            b"a: NO\n",
            (
                '1:4 `NO` is false to some readers and text to others; write "NO" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`on` unquoted": (
            b"a: on\n",
            (
                '1:4 `on` is true to some readers and text to others; write "on" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`On` unquoted": (
            b"a: On\n",
            (
                '1:4 `On` is true to some readers and text to others; write "On" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`ON` unquoted": (
            b"a: ON\n",
            (
                '1:4 `ON` is true to some readers and text to others; write "ON" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`off` unquoted": (
            b"a: off\n",
            (
                '1:4 `off` is false to some readers and text to others; write "off" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`Off` unquoted": (
            b"a: Off\n",
            (
                '1:4 `Off` is false to some readers and text to others; write "Off" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`OFF` unquoted": (
            b"a: OFF\n",
            (
                '1:4 `OFF` is false to some readers and text to others; write "OFF" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`y` unquoted": (
            b"a: y\n",
            (
                '1:4 `y` is true to some readers and text to others; write "y" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`Y` unquoted": (
            b"a: Y\n",
            (
                '1:4 `Y` is true to some readers and text to others; write "Y" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`n` unquoted": (
            b"a: n\n",
            (
                '1:4 `n` is false to some readers and text to others; write "n" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`N` unquoted": (
            b"a: N\n",
            (
                '1:4 `N` is false to some readers and text to others; write "N" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`True` unquoted": (
            b"a: True\n",
            (
                '1:4 `True` is not the plain spelling of true; write "True" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`TRUE` unquoted": (
            b"a: TRUE\n",
            (
                '1:4 `TRUE` is not the plain spelling of true; write "TRUE" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`tRUE` unquoted": (
            b"a: tRUE\n",
            (
                '1:4 `tRUE` is not the plain spelling of true; write "tRUE" in quotes if it is text, true if it is a truth value',
            ),
        ),
        "`False` unquoted": (
            b"a: False\n",
            (
                '1:4 `False` is not the plain spelling of false; write "False" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`FALSE` unquoted": (
            b"a: FALSE\n",
            (
                '1:4 `FALSE` is not the plain spelling of false; write "FALSE" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "`Null` unquoted": (
            b"a: Null\n",
            (
                '1:4 `Null` is not the plain spelling of null; write "Null" in quotes if it is text, null if it is no value',
            ),
        ),
        "`NULL` unquoted": (
            b"a: NULL\n",
            (
                '1:4 `NULL` is not the plain spelling of null; write "NULL" in quotes if it is text, null if it is no value',
            ),
        ),
        "`~` unquoted": (
            b"a: ~\n",
            (
                '1:4 `~` is not the plain spelling of null; write "~" in quotes if it is text, null if it is no value',
            ),
        ),
        "`0x10` unquoted": (
            b"a: 0x10\n",
            (
                '1:4 `0x10` is a number to some readers and text to others; write "0x10" in quotes if it is text, 16 if it is a number',
            ),
        ),
        "`0X1F` unquoted": (
            b"a: 0X1F\n",
            (
                '1:4 `0X1F` is a number to some readers and text to others; write "0X1F" in quotes if it is text, 31 if it is a number',
            ),
        ),
        "`0x_1` unquoted": (
            b"a: 0x_1\n",
            (
                '1:4 `0x_1` is a number to some readers and text to others; write "0x_1" in quotes if it is text, 1 if it is a number',
            ),
        ),
        "`0o7` unquoted": (
            b"a: 0o7\n",
            (
                '1:4 `0o7` is a number to some readers and text to others; write "0o7" in quotes if it is text, 7 if it is a number',
            ),
        ),
        "`0o17` unquoted": (
            b"a: 0o17\n",
            (
                '1:4 `0o17` is a number to some readers and text to others; write "0o17" in quotes if it is text, 15 if it is a number',
            ),
        ),
        "`0b11` unquoted": (
            b"a: 0b11\n",
            (
                '1:4 `0b11` is a number to some readers and text to others; write "0b11" in quotes if it is text, 3 if it is a number',
            ),
        ),
        "`010` unquoted": (
            b"a: 010\n",
            ('1:4 `010` is octal to some readers and decimal to others; write "010" in quotes',),
        ),
        "`00` unquoted": (
            b"a: 00\n",
            ('1:4 `00` is octal to some readers and decimal to others; write "00" in quotes',),
        ),
        "`007` unquoted": (
            b"a: 007\n",
            ('1:4 `007` is octal to some readers and decimal to others; write "007" in quotes',),
        ),
        "`-012` unquoted": (
            b"a: -012\n",
            ('1:4 `-012` is octal to some readers and decimal to others; write "-012" in quotes',),
        ),
        "`08` unquoted": (
            b"a: 08\n",
            ('1:4 `08` is octal to some readers and decimal to others; write "08" in quotes',),
        ),
        "`00.5` unquoted": (
            b"a: 00.5\n",
            ('1:4 `00.5` is octal to some readers and decimal to others; write "00.5" in quotes',),
        ),
        "`0_1` unquoted": (
            b"a: 0_1\n",
            ('1:4 `0_1` is octal to some readers and decimal to others; write "0_1" in quotes',),
        ),
        "`1_0` unquoted": (
            b"a: 1_0\n",
            (
                '1:4 `1_0` is a number to some readers and text to others; write "1_0" in quotes if it is text, 10 if it is a number',
            ),
        ),
        "`1_000.5` unquoted": (
            b"a: 1_000.5\n",
            (
                '1:4 `1_000.5` is a number to some readers and text to others; write "1_000.5" in quotes if it is text, 1000.5 if it is a number',
            ),
        ),
        "`-1_0` unquoted": (
            b"a: -1_0\n",
            (
                '1:4 `-1_0` is a number to some readers and text to others; write "-1_0" in quotes if it is text, -10 if it is a number',
            ),
        ),
        "`.5_0` unquoted": (
            b"a: .5_0\n",
            (
                '1:4 `.5_0` is a number to some readers and text to others; write ".5_0" in quotes if it is text, 0.5 if it is a number',
            ),
        ),
        "`1__0` unquoted": (
            b"a: 1__0\n",
            (
                '1:4 `1__0` is a number to some readers and text to others; write "1__0" in quotes if it is text, 10 if it is a number',
            ),
        ),
        "`12:30` unquoted": (
            b"a: 12:30\n",
            (
                '1:4 `12:30` is a number to base sixty to some readers and text to others; write "12:30" in quotes',
            ),
        ),
        "`12:30:00` unquoted": (
            b"a: 12:30:00\n",
            (
                '1:4 `12:30:00` is a number to base sixty to some readers and text to others; write "12:30:00" in quotes',
            ),
        ),
        "`190:20:30` unquoted": (
            b"a: 190:20:30\n",
            (
                '1:4 `190:20:30` is a number to base sixty to some readers and text to others; write "190:20:30" in quotes',
            ),
        ),
        "`1:00` unquoted": (
            b"a: 1:00\n",
            (
                '1:4 `1:00` is a number to base sixty to some readers and text to others; write "1:00" in quotes',
            ),
        ),
        "`-1:30` unquoted": (
            b"a: -1:30\n",
            (
                '1:4 `-1:30` is a number to base sixty to some readers and text to others; write "-1:30" in quotes',
            ),
        ),
        "`1:30.5` unquoted": (
            b"a: 1:30.5\n",
            (
                '1:4 `1:30.5` is a number to base sixty to some readers and text to others; write "1:30.5" in quotes',
            ),
        ),
        "`.inf` unquoted": (
            b"a: .inf\n",
            ('1:4 `.inf` is no finite number; write ".inf" in quotes',),
        ),
        "`-.inf` unquoted": (
            b"a: -.inf\n",
            ('1:4 `-.inf` is no finite number; write "-.inf" in quotes',),
        ),
        "`+.INF` unquoted": (
            b"a: +.INF\n",
            ('1:4 `+.INF` is no finite number; write "+.INF" in quotes',),
        ),
        "`.Inf` unquoted": (
            b"a: .Inf\n",
            ('1:4 `.Inf` is no finite number; write ".Inf" in quotes',),
        ),
        "`.nan` unquoted": (
            b"a: .nan\n",
            ('1:4 `.nan` is no finite number; write ".nan" in quotes',),
        ),
        "`.NaN` unquoted": (
            b"a: .NaN\n",
            ('1:4 `.NaN` is no finite number; write ".NaN" in quotes',),
        ),
        "`.NAN` unquoted": (
            b"a: .NAN\n",
            ('1:4 `.NAN` is no finite number; write ".NAN" in quotes',),
        ),
        "`1e400` unquoted": (
            b"a: 1e400\n",
            ('1:4 `1e400` is a number to some readers and text to others; write "1e400" in quotes',),
        ),
        "`-1e400` unquoted": (
            b"a: -1e400\n",
            ('1:4 `-1e400` is a number to some readers and text to others; write "-1e400" in quotes',),
        ),
        "`1.0e+400` unquoted": (
            b"a: 1.0e+400\n",
            (
                '1:4 `1.0e+400` has more digits, or is further from zero, than a number can hold; write "1.0e+400" in quotes',
            ),
        ),
        "`1.0e-400` unquoted": (
            b"a: 1.0e-400\n",
            (
                '1:4 `1.0e-400` has more digits, or is further from zero, than a number can hold; write "1.0e-400" in quotes',
            ),
        ),
        "`1e5` unquoted": (
            b"a: 1e5\n",
            (
                '1:4 `1e5` is a number to some readers and text to others; write "1e5" in quotes if it is text, 100000.0 if it is a number',
            ),
        ),
        "`1e-5` unquoted": (
            b"a: 1e-5\n",
            (
                '1:4 `1e-5` is a number to some readers and text to others; write "1e-5" in quotes if it is text, 1.0e-05 if it is a number',
            ),
        ),
        "`1E5` unquoted": (
            b"a: 1E5\n",
            (
                '1:4 `1E5` is a number to some readers and text to others; write "1E5" in quotes if it is text, 100000.0 if it is a number',
            ),
        ),
        "`1.5e3` unquoted": (
            b"a: 1.5e3\n",
            (
                '1:4 `1.5e3` is a number to some readers and text to others; write "1.5e3" in quotes if it is text, 1500.0 if it is a number',
            ),
        ),
        "`.5` unquoted": (
            b"a: .5\n",
            (
                '1:4 `.5` is not the plain spelling of a number; write ".5" in quotes if it is text, 0.5 if it is a number',
            ),
        ),
        "`-.5` unquoted": (
            b"a: -.5\n",
            (
                '1:4 `-.5` is not the plain spelling of a number; write "-.5" in quotes if it is text, -0.5 if it is a number',
            ),
        ),
        "`5.` unquoted": (
            b"a: 5.\n",
            (
                '1:4 `5.` is not the plain spelling of a number; write "5." in quotes if it is text, 5.0 if it is a number',
            ),
        ),
        "`+5` unquoted": (
            b"a: +5\n",
            (
                '1:4 `+5` is not the plain spelling of a number; write "+5" in quotes if it is text, 5 if it is a number',
            ),
        ),
        "`+5.5` unquoted": (
            b"a: +5.5\n",
            (
                '1:4 `+5.5` is not the plain spelling of a number; write "+5.5" in quotes if it is text, 5.5 if it is a number',
            ),
        ),
        "`+.5` unquoted": (
            b"a: +.5\n",
            (
                '1:4 `+.5` is not the plain spelling of a number; write "+.5" in quotes if it is text, 0.5 if it is a number',
            ),
        ),
        "`-0` unquoted": (
            b"a: -0\n",
            (
                '1:4 `-0` is not the plain spelling of a number; write "-0" in quotes if it is text, 0 if it is a number',
            ),
        ),
        "`0e0` unquoted": (
            b"a: 0e0\n",
            (
                '1:4 `0e0` is a number to some readers and text to others; write "0e0" in quotes if it is text, 0.0 if it is a number',
            ),
        ),
        "`1234567890123456789` unquoted": (
            b"a: 1234567890123456789\n",
            (
                '1:4 `1234567890123456789` has more than 18 digits, which not all readers can hold; write "1234567890123456789" in quotes',
            ),
        ),
        "`-1234567890123456789` unquoted": (
            b"a: -1234567890123456789\n",
            (
                '1:4 `-1234567890123456789` has more than 18 digits, which not all readers can hold; write "-1234567890123456789" in quotes',
            ),
        ),
        "`0.12345678901234567` unquoted": (
            b"a: 0.12345678901234567\n",
            (
                '1:4 `0.12345678901234567` has more digits, or is further from zero, than a number can hold; write "0.12345678901234567" in quotes if it is text, 0.12345678901234566 if it is a number',
            ),
        ),
        "`0.1234567890123456789` unquoted": (
            b"a: 0.1234567890123456789\n",
            (
                '1:4 `0.1234567890123456789` has more digits, or is further from zero, than a number can hold; write "0.1234567890123456789" in quotes if it is text, 0.12345678901234568 if it is a number',
            ),
        ),
        "`1234567890.1234567890` unquoted": (
            b"a: 1234567890.1234567890\n",
            (
                '1:4 `1234567890.1234567890` is read as the number 1234567890.1234567; write "1234567890.1234567890" in quotes if it is text, 1234567890.1234567 if it is a number',
            ),
        ),
        "`=` unquoted": (
            b"a: =\n",
            ('1:4 `=` merges or names values to some readers and is text to others; write "=" in quotes',),
        ),
        "`12e03` unquoted": (
            b"a: 12e03\n",
            (
                '1:4 `12e03` is a number to some readers and text to others; write "12e03" in quotes if it is text, 12000.0 if it is a number',
            ),
        ),
        "`1e1000000` unquoted": (
            b"a: 1e1000000\n",
            ('1:4 `1e1000000` is a number to some readers and text to others; write "1e1000000" in quotes',),
        ),
        "`++9` unquoted": (
            b"a: ++9\n",
            (
                '1:4 `++9` is a number, or an error, to some readers and text to others; write "++9" in quotes',
            ),
        ),
        "`+-1.5` unquoted": (
            b"a: +-1.5\n",
            (
                '1:4 `+-1.5` is a number, or an error, to some readers and text to others; write "+-1.5" in quotes',
            ),
        ),
        "`0x+6` unquoted": (
            b"a: 0x+6\n",
            (
                '1:4 `0x+6` is a number, or an error, to some readers and text to others; write "0x+6" in quotes',
            ),
        ),
        "`-0o-7` unquoted": (
            b"a: -0o-7\n",
            (
                '1:4 `-0o-7` is a number, or an error, to some readers and text to others; write "-0o-7" in quotes',
            ),
        ),
        "`0b_` unquoted": (
            b"a: 0b_\n",
            (
                '1:4 `0b_` is a number, or an error, to some readers and text to others; write "0b_" in quotes',
            ),
        ),
        "`0x123456789abcdef01` unquoted": (
            b"a: 0x123456789abcdef01\n",
            (
                '1:4 `0x123456789abcdef01` is a number to some readers and text to others; write "0x123456789abcdef01" in quotes',
            ),
        ),
        "two hundred digits": (
            b"a: " + b"9" * 200 + b"\n",
            (
                "1:4 `9999999999999999999999999999999999999999…` has more than 18 digits, which not all readers can hold; write it in quotes",
            ),
        ),
        "a spelling in a list": (
            b"a:\n  - 1\n  - no\n",
            (
                '3:5 `no` is false to some readers and text to others; write "no" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "a spelling in brackets": (
            b"a: [ES, NO, SE]\n",
            (
                '1:9 `NO` is false to some readers and text to others; write "NO" in quotes if it is text, false if it is a truth value',
            ),
        ),
        "a spelling in a mapping in brackets": (
            b"a: {b: 1.10}\n",
            (
                '1:8 `1.10` is read as the number 1.1; write "1.10" in quotes if it is text, 1.1 if it is a number',
            ),
        ),
        "spellings behind a comment": (
            b"a: 1 # one\nb: 1.20 # two\n",
            (
                '2:4 `1.20` is read as the number 1.2; write "1.20" in quotes if it is text, 1.2 if it is a number',
            ),
        ),
        "a spelling over lines": (
            b"a:\n  yes\n",
            (
                '2:3 `yes` is true to some readers and text to others; write "yes" in quotes if it is text, true if it is a truth value',
            ),
        ),
    },
    "encoding: what a reviewer does not see": {
        "a byte order mark": (
            b"\xef\xbb\xbfa: 1\n",
            ("1:1 the file begins with a byte order mark; save it as UTF-8 without one",),
        ),
        "utf-16": (
            b"\xff\xfea\x00:\x00 \x001\x00\n\x00",
            ("1:1 byte 0xff is not UTF-8; save the file as UTF-8",),
        ),
        "utf-16 without a mark": (
            b"a\x00:\x00 \x001\x00\n\x00",
            ("1:2 U+0000 is a control character; delete it",),
        ),
        "latin-1": (
            b"a: \xe9\n",
            ("1:4 byte 0xe9 is not UTF-8; save the file as UTF-8",),
        ),
        "half a character at the end": (
            b"a: 1\nb: \xc3",
            ("2:4 byte 0xc3 is not UTF-8; save the file as UTF-8",),
        ),
        "an overlong slash": (
            b"a: \xc0\xaf\n",
            ("1:4 byte 0xc0 is not UTF-8; save the file as UTF-8",),
        ),
        "an overlong nul": (
            b"a: \xc0\x80\n",
            ("1:4 byte 0xc0 is not UTF-8; save the file as UTF-8",),
        ),
        "a surrogate": (
            b"a: \xed\xa0\x80\n",
            ("1:4 byte 0xed is not UTF-8; save the file as UTF-8",),
        ),
        "a surrogate pair": (
            b"a: \xed\xa0\xbd\xed\xb8\x80\n",
            ("1:4 byte 0xed is not UTF-8; save the file as UTF-8",),
        ),
        "beyond unicode": (
            b"a: \xf4\x90\x80\x80\n",
            ("1:4 byte 0xf4 is not UTF-8; save the file as UTF-8",),
        ),
        "a lone continuation byte": (
            b"x: 1\na: b\x80\n",
            ("2:5 byte 0x80 is not UTF-8; save the file as UTF-8",),
        ),
        "binary": (
            bytes(range(256)),
            ("2:118 byte 0x80 is not UTF-8; save the file as UTF-8",),
        ),
        "windows line ends": (
            b"a: 1\r\nb: 2\r\n",
            ("1:5 U+000D is a carriage return; save the file with LF line ends",),
        ),
        "old macintosh line ends": (
            b"a: 1\rb: 2\r",
            ("1:5 U+000D is a carriage return; save the file with LF line ends",),
        ),
        "a tab as indentation": (
            b"a:\n\tb: 1\n",
            ("2:1 U+0009 is a tab; use spaces; inside double quotes write \\t",),
        ),
        "a tab behind the colon": (
            b"a:\tb\n",
            ("1:3 U+0009 is a tab; use spaces; inside double quotes write \\t",),
        ),
        "a tab in a comment": (
            b"a: 1 #\tb\n",
            ("1:7 U+0009 is a tab; use spaces; inside double quotes write \\t",),
        ),
        "a tab in text": (
            b"a: b\tc\n",
            ("1:5 U+0009 is a tab; use spaces; inside double quotes write \\t",),
        ),
        "a tab at the end": (
            b"a: b\t\n",
            ("1:5 U+0009 is a tab; use spaces; inside double quotes write \\t",),
        ),
        "nul": (
            b"a: \x00\n",
            ("1:4 U+0000 is a control character; delete it",),
        ),
        "bell": (
            b"a: \x07\n",
            ("1:4 U+0007 is a control character; delete it",),
        ),
        "backspace": (
            b"a: b\x08c\n",
            ("1:5 U+0008 is a control character; delete it",),
        ),
        "form feed": (
            b"a: 1\x0c\n",
            ("1:5 U+000C is a control character; delete it",),
        ),
        "vertical tab": (
            b"a: 1\x0b\n",
            ("1:5 U+000B is a control character; delete it",),
        ),
        "escape": (
            b"a: \x1b[31mred\n",
            ("1:4 U+001B is a control character; delete it",),
        ),
        "delete": (
            b"a: \x7f\n",
            ("1:4 U+007F is a control character; delete it",),
        ),
        "next line": (
            b"a: b\xc2\x85c\n",
            ("1:5 U+0085 is a hidden line break; end the line with LF, or delete it",),
        ),
        "line separator": (
            b"a: b\xe2\x80\xa8c\n",
            ("1:5 U+2028 LINE SEPARATOR is a hidden line break; end the line with LF, or delete it",),
        ),
        "paragraph separator": (
            b"a: b\xe2\x80\xa9c\n",
            ("1:5 U+2029 PARAGRAPH SEPARATOR is a hidden line break; end the line with LF, or delete it",),
        ),
        "left-to-right mark": (
            b"a: b\xe2\x80\x8ec\n",
            ("1:5 U+200E LEFT-TO-RIGHT MARK is a character that reverses text; delete it",),
        ),
        "right-to-left mark": (
            b"a: b\xe2\x80\x8fc\n",
            ("1:5 U+200F RIGHT-TO-LEFT MARK is a character that reverses text; delete it",),
        ),
        "arabic letter mark": (
            b"a: b\xd8\x9cc\n",
            ("1:5 U+061C ARABIC LETTER MARK is a character that reverses text; delete it",),
        ),
        "left-to-right embedding": (
            b"a: b\xe2\x80\xaac\n",
            ("1:5 U+202A LEFT-TO-RIGHT EMBEDDING is a character that reverses text; delete it",),
        ),
        "right-to-left embedding": (
            b"a: b\xe2\x80\xabc\n",
            ("1:5 U+202B RIGHT-TO-LEFT EMBEDDING is a character that reverses text; delete it",),
        ),
        "pop directional formatting": (
            b"a: b\xe2\x80\xacc\n",
            ("1:5 U+202C POP DIRECTIONAL FORMATTING is a character that reverses text; delete it",),
        ),
        "left-to-right override": (
            b"a: b\xe2\x80\xadc\n",
            ("1:5 U+202D LEFT-TO-RIGHT OVERRIDE is a character that reverses text; delete it",),
        ),
        "right-to-left override": (
            b"a: b\xe2\x80\xaec\n",
            ("1:5 U+202E RIGHT-TO-LEFT OVERRIDE is a character that reverses text; delete it",),
        ),
        "left-to-right isolate": (
            b"a: b\xe2\x81\xa6c\n",
            ("1:5 U+2066 LEFT-TO-RIGHT ISOLATE is a character that reverses text; delete it",),
        ),
        "right-to-left isolate": (
            b"a: b\xe2\x81\xa7c\n",
            ("1:5 U+2067 RIGHT-TO-LEFT ISOLATE is a character that reverses text; delete it",),
        ),
        "first strong isolate": (
            b"a: b\xe2\x81\xa8c\n",
            ("1:5 U+2068 FIRST STRONG ISOLATE is a character that reverses text; delete it",),
        ),
        "pop directional isolate": (
            b"a: b\xe2\x81\xa9c\n",
            ("1:5 U+2069 POP DIRECTIONAL ISOLATE is a character that reverses text; delete it",),
        ),
        "zero width space": (
            b"a: b\xe2\x80\x8bc\n",
            ("1:5 U+200B ZERO WIDTH SPACE is an invisible character; delete it",),
        ),
        "zero width non-joiner": (
            b"a: b\xe2\x80\x8cc\n",
            ("1:5 U+200C ZERO WIDTH NON-JOINER is an invisible character; delete it",),
        ),
        "zero width joiner": (
            b"a: b\xe2\x80\x8dc\n",
            ("1:5 U+200D ZERO WIDTH JOINER is an invisible character; delete it",),
        ),
        "word joiner": (
            b"a: b\xe2\x81\xa0c\n",
            ("1:5 U+2060 WORD JOINER is an invisible character; delete it",),
        ),
        "zero width no-break space": (
            b"a: b\xef\xbb\xbfc\n",
            ("1:5 U+FEFF ZERO WIDTH NO-BREAK SPACE is an invisible character; delete it",),
        ),
        "soft hyphen": (
            b"a: b\xc2\xadc\n",
            ("1:5 U+00AD SOFT HYPHEN is an invisible character; delete it",),
        ),
        "combining grapheme joiner": (
            b"a: b\xcd\x8fc\n",
            ("1:5 U+034F COMBINING GRAPHEME JOINER is an invisible character; delete it",),
        ),
        "hangul filler": (
            b"a: b\xe3\x85\xa4c\n",
            ("1:5 U+3164 HANGUL FILLER is an invisible character; delete it",),
        ),
        "mongolian vowel separator": (
            b"a: b\xe1\xa0\x8ec\n",
            ("1:5 U+180E MONGOLIAN VOWEL SEPARATOR is an invisible character; delete it",),
        ),
        "invisible times": (
            b"a: b\xe2\x81\xa2c\n",
            ("1:5 U+2062 INVISIBLE TIMES is an invisible character; delete it",),
        ),
        "interlinear annotation": (
            b"a: b\xef\xbf\xb9c\n",
            ("1:5 U+FFF9 INTERLINEAR ANNOTATION ANCHOR is an invisible character; delete it",),
        ),
        "tag letter": (
            b"a: b\xf3\xa0\x81\xa1c\n",
            ("1:5 U+E0061 TAG LATIN SMALL LETTER A is an invisible character; delete it",),
        ),
        "language tag": (
            b"a: b\xf3\xa0\x80\x81c\n",
            ("1:5 U+E0001 LANGUAGE TAG is an invisible character; delete it",),
        ),
        "variation selector 17": (
            b"a: b\xf3\xa0\x84\x80c\n",
            ("1:5 U+E0100 VARIATION SELECTOR-17 is an invisible character; delete it",),
        ),
        "noncharacter in the middle": (
            b"a: b\xef\xb7\x90c\n",
            ("1:5 U+FDD0 is not a character; delete it",),
        ),
        "noncharacter at the end": (
            b"a: b\xef\xbf\xbfc\n",
            ("1:5 U+FFFF is not a character; delete it",),
        ),
        "noncharacter of the last plane": (
            b"a: b\xf4\x8f\xbf\xbfc\n",
            ("1:5 U+10FFFF is not a character; delete it",),
        ),
        "control sequence introducer": (
            b"a: b\xc2\x9bc\n",
            ("1:5 U+009B is a control character; delete it",),
        ),
        "a line separator that hides a key": (
            b"a: x\xe2\x80\xa8approved: true\n",
            ("1:5 U+2028 LINE SEPARATOR is a hidden line break; end the line with LF, or delete it",),
        ),
        "a hidden character in a comment": (
            b"a: 1 # \xe2\x80\xaeb\n",
            ("1:8 U+202E RIGHT-TO-LEFT OVERRIDE is a character that reverses text; delete it",),
        ),
        "a hidden character in a key": (
            b"a\xe2\x80\x8b: 1\na: 2\n",
            ("1:2 U+200B ZERO WIDTH SPACE is an invisible character; delete it",),
        ),
        "an emoji joined of two": (
            b"a: \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac\n",
            ("1:5 U+200D ZERO WIDTH JOINER is an invisible character; delete it",),
        ),
        "text that is not composed": (
            b"a: cafe\xcc\x81\n",
            (
                "1:7 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "a comment that is not composed": (
            b"# cafe\xcc\x81\na: 1\n",
            (
                "1:6 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "an angstrom sign": (
            b"a: 1 \xe2\x84\xab\n",
            (
                "1:6 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "conjoining jamo": (
            b"a: \xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\n",
            (
                "1:4 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "marks in the wrong order": (
            b"a: q\xcc\x87\xcc\xa3\n",
            (
                "1:5 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "an escaped nul": (
            b'a: "\\0"\n',
            ("1:4 U+0000 is a control character; delete it",),
        ),
        "an escaped override": (
            b'a: "b\\u202ec"\n',
            ("1:4 U+202E RIGHT-TO-LEFT OVERRIDE is a character that reverses text; delete it",),
        ),
        "an escaped carriage return": (
            b'a: "b\\rc"\n',
            ("1:4 U+000D is a carriage return; save the file with LF line ends",),
        ),
        "an escaped next line": (
            b'a: "b\\Nc"\n',
            ("1:4 U+0085 is a hidden line break; end the line with LF, or delete it",),
        ),
        "an escaped line separator": (
            b'a: "b\\Lc"\n',
            ("1:4 U+2028 LINE SEPARATOR is a hidden line break; end the line with LF, or delete it",),
        ),
        "an escaped zero width space": (
            b'a: "\\u200b"\n',
            ("1:4 U+200B ZERO WIDTH SPACE is an invisible character; delete it",),
        ),
        "an escaped tag letter": (
            b'a: "\\U000e0061"\n',
            ("1:4 U+E0061 TAG LATIN SMALL LETTER A is an invisible character; delete it",),
        ),
        "an escaped byte order mark": (
            b'"\\ufeffa": 1\n',
            ("1:1 U+FEFF ZERO WIDTH NO-BREAK SPACE is an invisible character; delete it",),
        ),
        "an escaped combining mark": (
            b'a: "e\\u0301"\n',
            (
                "1:4 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "text joined to what is not composed": (
            b'a: "e\\\n  \\u0301"\n',
            (
                "1:4 the text is not in Unicode's form NFC; normalize it, so that what looks the same is the same",
            ),
        ),
        "three kinds in one file": (
            b"a:\t1\r\nb: \x00\t\r\n",
            (
                "1:3 U+0009 is a tab; use spaces; inside double quotes write \\t",
                "1:5 U+000D is a carriage return; save the file with LF line ends",
                "2:4 U+0000 is a control character; delete it",
            ),
        ),
        "behind letters of two bytes": (
            b"\xc3\xbc: \xc3\xb6\xe2\x80\x8b\n",
            ("1:5 U+200B ZERO WIDTH SPACE is an invisible character; delete it",),
        ),
        "behind letters of four bytes": (
            b"a: \xf0\x9f\x98\x80\xe2\x80\xae\n",
            ("1:5 U+202E RIGHT-TO-LEFT OVERRIDE is a character that reverses text; delete it",),
        ),
    },
}
