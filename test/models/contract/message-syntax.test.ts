import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';
import { quoted } from '../../../models/contract/message-syntax.ts';

test.each([
	'{{input}} is the question',
	'one {brace} here',
	"it's {name}",
	"'{'",
	"'{{a}}'",
	"{'a'}",
	"''",
	"'''",
	'<b>bold</b>',
	"x<b'y",
	"a '<' b",
	"don't",
	'1 < 2 > 0',
])('a quoted text is shown as it is: %s', (text) => {
	expect(new IntlMessageFormat(quoted(text), 'en').format()).toBe(text);
});
