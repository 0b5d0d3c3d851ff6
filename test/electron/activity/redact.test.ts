import { expect, test } from 'vitest';
import { createRedact } from '../../../electron/activity/redact.ts';

const linux = createRedact({
	dataFolder: '/home/ada/.config/Assay',
	home: '/home/ada',
	user: 'ada',
	host: 'engine.local',
});

test('folders, user and computer are replaced by placeholders', () => {
	expect(linux('cannot read /home/ada/.config/Assay/models/x.gguf or /home/ada/x.gguf')).toBe(
		'cannot read <data>/models/x.gguf or ~/x.gguf',
	);
	expect(linux('Ada@engine.local said: a database of Canada')).toBe('<user>@<host> said: a database of Canada');
});

test('a Windows path is found both plain and as JSON escapes it', () => {
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

test('a name that occurs in ordinary words or on every machine stays', () => {
	const root = createRedact({ dataFolder: '/data', home: '/root', user: 'root', host: 'pc' });
	expect(root('the root of a pc in /root/x')).toBe('the root of a pc in ~/x');
});

test('text that V8 quotes from invalid JSON is removed', () => {
	let message = '';
	try {
		JSON.parse('Dear diary, today');
	} catch (error) {
		message = String(error);
	}
	expect(message).toContain('Dear');
	expect(linux(`import failed: ${message}\nnext line`)).toBe('import failed: SyntaxError: Unexpected …\nnext line');
});

test('links are removed, but not this computer’s own address', () => {
	expect(linux('could not open https://clinic.example/results?patient=7: Error')).toBe('could not open <link> Error');
	expect(linux('Assay is at http://127.0.0.1:4870/ (file:///opt/assay/x.js:3)')).toBe(
		'Assay is at http://127.0.0.1:4870/ (file:///opt/assay/x.js:3)',
	);
});
