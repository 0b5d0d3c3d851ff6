import { expect, test } from 'vitest';
import { addressWarnings, splitAddress } from '../../../../renderer/conversation/markdown/outside-link.tsx';

test.each([
	['https://example.org/a?b#c', 'https://', 'example.org', '/a?b#c'],
	['http://127.0.0.1:8080/', 'http://', '127.0.0.1:8080', '/'],
	['https://trusted.example@evil.example/', 'https://trusted.example@', 'evil.example', '/'],
	['https://a:b@evil.example/x@trusted.example/', 'https://a:b@', 'evil.example', '/x@trusted.example/'],
	['https://evil.example/?u=https://trusted.example/', 'https://', 'evil.example', '/?u=https://trusted.example/'],
	['http://[::1]:81/x', 'http://', '[::1]:81', '/x'],
])('the host of %s is shown apart', (address, before, host, after) => {
	expect(splitAddress(address)).toEqual({ before, host, after });
});

test('a name in other scripts is shown as punycode, with a warning', () => {
	const { href } = new URL('https://аррle.com/');
	expect(splitAddress(href).host).toMatch(/^xn--/);
	expect(addressWarnings(href)).toEqual([expect.stringContaining('letters of other scripts')]);
});

test('a name before “@” is called what it is', () => {
	expect(addressWarnings('https://trusted.example@evil.example/')).toEqual([expect.stringContaining('evil.example')]);
	expect(addressWarnings('https://example.org/@a')).toEqual([]);
});
