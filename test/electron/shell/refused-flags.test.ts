import { expect, test } from 'vitest';
import { refusedFlags, refuseFlags } from '../../../electron/shell/refused-flags.ts';

const program = '/opt/Assay/assay';

test.each([
	'--remote-debugging-port=9222',
	'--remote-debugging-port',
	'-remote-debugging-port=0',
	'--REMOTE-DEBUGGING-PORT=9222',
	'--remote-debugging-pipe',
	'--remote-debugging-address=0.0.0.0',
	'--remote-allow-origins=*',
	'--inspect',
	'--inspect=0.0.0.0:9229',
	'--inspect-brk',
	'--inspect-brk-electron',
	'--inspect-port=1',
	'--inspect-publish-uid=http',
	'--debug-brk=1',
	'--js-flags=--expose-gc',
	'--renderer-cmd-prefix=xterm -e',
	'--utility-cmd-prefix=sh',
	'--gpu-launcher=sh',
	'--no-sandbox',
	'--disable-web-security',
	'--disable-seccomp-filter-sandbox',
	'--allow-file-access-from-files',
	'--load-extension=/tmp/x',
	'--ignore-certificate-errors',
	'--ignore-certificate-errors-spki-list=x',
	'--host-resolver-rules=MAP * 127.0.0.1',
	'--proxy-server=evil.example:80',
	'--log-net-log=/tmp/x',
	'--ssl-key-log-file=/tmp/x',
	'--require=/tmp/x.js',
	'--import=/tmp/x.mjs',
	'-r',
])('%s is refused', (flag) => {
	expect(refusedFlags([program, flag], {}, 'linux')).toEqual([flag]);
	expect(() => refuseFlags([program, flag], {})).toThrow(`Assay doesn’t start with ${flag}`);
});

test('a slash begins a switch on Windows, and a path elsewhere', () => {
	expect(refusedFlags([program, '/remote-debugging-port=1'], {}, 'win32')).toEqual(['/remote-debugging-port=1']);
	expect(refusedFlags([program, '/remote-debugging-port=1'], {}, 'linux')).toEqual([]);
});

test.each([
	'--require /tmp/x.js',
	'--inspect',
	'--inspect-brk=0.0.0.0:1 --max-old-space-size=100',
	'-r x',
	'--import=data:text/javascript,x',
	'--experimental-loader=x',
	'--env-file=x',
	'--max-old-space-size=100 --eval=x',
])('NODE_OPTIONS %s is refused', (options) => {
	expect(refusedFlags([program], { NODE_OPTIONS: options }, 'linux')).toEqual([`NODE_OPTIONS=${options}`]);
});

test.each(['', ' ', '--max-old-space-size=8192', '--no-warnings --use-system-ca'])(
	'NODE_OPTIONS %j, which reaches nothing that Assay runs, is left alone',
	(options) => {
		expect(refusedFlags([program], { NODE_OPTIONS: options }, 'linux')).toEqual([]);
	},
);

test('ordinary starts are not refused', () => {
	const argv = [program, '--data', '/home/ada/my --inspect folder', '--enable-features=x', '--ozone-platform=wayland'];
	expect(refusedFlags(argv, { PATH: '/bin', NODE_ENV: 'production' }, 'linux')).toEqual([]);
	expect(refusedFlags([program, '--', '--inspect'], {}, 'linux')).toEqual([]);
	expect(() => refuseFlags([program], {})).not.toThrow();
});

test('an AppImage that switched the sandbox off by itself says what to install instead', () => {
	expect(() => refuseFlags([program, '--no-sandbox'], {})).toThrow(
		expect.objectContaining({ next: [expect.stringContaining('.deb'), expect.stringContaining('assay serve')] }),
	);
});

test('the message names the flag and the next step', () => {
	const failure = (() => {
		try {
			refuseFlags([program], { NODE_OPTIONS: '--inspect' });
		} catch (error) {
			return error;
		}
	})();
	expect(failure).toMatchObject({
		code: 'flag-refused',
		message: expect.stringContaining('NODE_OPTIONS=--inspect'),
		next: ['Unset NODE_OPTIONS and start Assay again', expect.stringContaining('npm run dev')],
	});
});
