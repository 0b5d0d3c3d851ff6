import { expect, test } from 'vitest';
import { safeUrl } from '../../../../renderer/conversation/markdown/safe-url.ts';

test.each(['https://example.org/a?b#c', 'http://127.0.0.1:8080/'])('%s may be opened', (address) => {
	expect(safeUrl(address)).toBe(address);
});

test.each([
	'javascript:alert(1)',
	'JAVASCRIPT:alert(1)',
	' javascript:alert(1)',
	'data:text/html,x',
	'file:///etc/passwd',
	'vbscript:x',
	'//example.org',
	'/relative',
	'mailto:a@b.c',
	'',
	undefined,
])('%s may not be opened', (address) => {
	expect(safeUrl(address)).toBeNull();
});
