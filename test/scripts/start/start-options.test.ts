import { expect, test } from 'vitest';
import { readOptions } from '../../../scripts/start/start-options.ts';

test('without options the host is undecided', () => {
	expect(readOptions([])).toEqual({ host: null, data: null, port: null, open: true });
});

test('a port or --no-open selects the browser, unless the window is requested', () => {
	expect(readOptions(['--port', '8080'])).toMatchObject({ host: 'browser', port: 8080 });
	expect(readOptions(['--no-open'])).toMatchObject({ host: 'browser', open: false });
	expect(readOptions(['--no-open', '--host=window', '--data', '/d'])).toEqual({
		host: 'window',
		data: '/d',
		port: null,
		open: false,
	});
});

test('--help returns null', () => {
	expect(readOptions(['--help'])).toBeNull();
});

test.each([
	[['--host', 'tv'], '--host takes window or browser, not "tv"'],
	[['--port', '65536'], '--port takes a number from 0 to 65535, not "65536"'],
	[['--port', 'x'], '--port takes a number'],
	[['--data', ''], '--data takes a folder'],
	[['--prot', '1'], "Unknown option '--prot'"],
	[['window'], 'Unexpected argument'],
])('%j is refused with a message', (args, message) => {
	expect(() => readOptions(args)).toThrow(message);
});
