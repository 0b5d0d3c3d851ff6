import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLog } from '../../../electron/shell/log-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the log file keeps no link from a conversation, and is for this user only', () => {
	const folder = temporaryFolder();
	const log = openLog(folder);
	log('could not open https://clinic.example/results?patient=7: Error: failed');
	log('serving at http://127.0.0.1:4114/');
	const path = join(folder, 'logs', 'assay.log');
	const text = readFileSync(path, 'utf8');
	expect(text).not.toMatch(/clinic|patient/);
	expect(text).toContain('could not open <link>');
	expect(text).toContain('serving at http://127.0.0.1:4114/');
	if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
});
