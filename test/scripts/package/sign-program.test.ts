import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signProgram } from '../../../scripts/package/sign-program.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const machO = Buffer.from('cffaedfe0c000001', 'hex');

function program(): string {
	const folder = temporaryFolder();
	mkdirSync(join(folder, 'node_modules', 'koffi'), { recursive: true });
	writeFileSync(join(folder, 'node'), machO);
	writeFileSync(join(folder, 'node_modules', 'koffi', 'koffi.node'), machO);
	writeFileSync(join(folder, 'node_modules', 'koffi', 'index.js'), 'text');
	writeFileSync(join(folder, 'empty'), '');
	return folder;
}

async function signed(environment: NodeJS.ProcessEnv, keychainFile: string | null = null) {
	const folder = program();
	const calls: string[][] = [];
	await signProgram(
		folder,
		'/build',
		{ codeSigningInfo: { value: Promise.resolve({ keychainFile }) } },
		environment,
		async (args) => calls.push(args.map((arg) => arg.replace(`${folder}/`, ''))),
	);
	return calls;
}

test('nothing is signed unless the environment configures it', async () => {
	expect(await signed({})).toEqual([]);
	expect(await signed({ CSC_LINK: '' })).toEqual([]);
});

test('every binary is signed by the team, and Node alone may write code at run time', async () => {
	const common = ['--force', '--timestamp', '--options', 'runtime', '--sign', 'Developer ID Application'];
	expect(await signed({ CSC_LINK: 'x' }, '/tmp/keys')).toEqual([
		[...common, '--keychain', '/tmp/keys', 'node_modules/koffi/koffi.node'],
		[...common, '--keychain', '/tmp/keys', '--entitlements', '/build/entitlements.program.mac.plist', 'node'],
	]);
	expect((await signed({ CSC_NAME: 'Ada' }))[1]).toEqual(
		expect.arrayContaining(['--sign', 'Ada', '--entitlements', 'node']),
	);
});
