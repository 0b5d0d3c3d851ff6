import { expect, test } from 'vitest';
import { createRedact } from '../../../electron/activity/redact.ts';

const linux = createRedact({
	dataFolder: '/home/ada/.config/Assay',
	home: '/home/ada',
	user: 'ada',
	host: 'engine.local',
});

test('folders, user and computer are replaced by what they stand for', () => {
	expect(linux('cannot read /home/ada/.config/Assay/models/x.gguf or /home/ada/x.gguf')).toBe(
		'cannot read <data>/models/x.gguf or ~/x.gguf',
	);
	expect(linux('Ada@engine.local said: a database of Canada')).toBe('<user>@<host> said: a database of Canada');
});

test('a Windows path is found as it is and as JSON writes it', () => {
	const windows = createRedact({
		dataFolder: 'C:\\Users\\ada\\AppData\\Roaming\\Assay',
		home: 'C:\\Users\\ada',
		user: 'ada',
		host: 'PC-1',
	});
	const path = 'C:\\Users\\ada\\AppData\\Roaming\\Assay\\assay.db';
	expect(windows(path)).toBe('<data>\\assay.db');
	expect(windows(JSON.stringify({ path }))).toBe('{"path":"<data>\\\\assay.db"}');
});

test('a name that is a part of ordinary words, or of every machine, is left', () => {
	const root = createRedact({ dataFolder: '/data', home: '/root', user: 'root', host: 'pc' });
	expect(root('the root of a pc in /root/x')).toBe('the root of a pc in ~/x');
});

test('what V8 quotes of a text that is not JSON is not passed on', () => {
	let message = '';
	try {
		JSON.parse('Dear diary, today');
	} catch (error) {
		message = String(error);
	}
	expect(message).toContain('Dear');
	expect(linux(`import failed: ${message}\nnext line`)).toBe('import failed: SyntaxError: Unexpected …\nnext line');
});

test('links, which stand in what was written, are taken out; this computer’s own address is not', () => {
	expect(linux('could not open https://clinic.example/results?patient=7: Error')).toBe('could not open <link> Error');
	expect(linux('refused to open mailto:someone@clinic.example: not a web address')).toBe(
		'refused to open <link>: not a web address',
	);
	expect(linux('Assay is at http://127.0.0.1:4870/ (file:///opt/assay/x.js:3)')).toBe(
		'Assay is at http://127.0.0.1:4870/ (file:///opt/assay/x.js:3)',
	);
});
