import { expect, onTestFinished, test } from 'vitest';
import { openModels } from '../../electron/api/open-models.ts';
import { assayVersion } from '../../electron/hosts/assay-version.ts';
import type { Execute } from '../../electron/hosts/cli/command.ts';
import type { Output } from '../../electron/hosts/cli/output.ts';
import { makeProgram } from '../../electron/hosts/cli/program.ts';
import { claimDataFolder } from '../../electron/hosts/ownership/claim-folder.ts';
import { openSharedApplication } from '../../electron/hosts/shared-application.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { golden, placeCopy, placeFiles } from './golden.ts';
import { shapeOf } from './without-words.ts';

/** Command lines whose JSON documents scripts read. */
const commands: readonly (readonly string[])[] = [
	['activity', 'list'],
	['backup', 'create'],
	['backup', 'list'],
	['comparisons', 'list'],
	['comparisons', 'show', '1'],
	['comparisons', 'manifest', '1'],
	['conversations', 'list'],
	['conversations', 'show', '1'],
	['conversations', 'search', 'Lisbon'],
	['conversations', 'folders'],
	['conversations', 'tags'],
	['datasets', 'list'],
	['datasets', 'show', 'Small sums'],
	['eval', 'list'],
	['eval', 'show', '1'],
	['eval', 'compare', '1:1', '1:2'],
	['feedback', 'list'],
	['feedback', 'history', '2'],
	['models', 'list'],
	['presets', 'list'],
	['prompts', 'list'],
	['prompts', 'show', 'Direct'],
];

/** Opens an application that the commands attach to, so that none of them opens its own. */
async function own(dataFolder: string): Promise<void> {
	const claim = await claimDataFolder(dataFolder, {
		host: 'cli',
		purpose: 'calls',
		signal: AbortSignal.timeout(20_000),
	});
	if (claim.kind === 'guest') throw new Error('somebody else has the data folder');
	const options = { dataFolder, host: 'cli', version: assayVersion(), log: () => {}, models: openModels() } as const;
	const owned = await openSharedApplication(claim, options, () => ({ kind: 'nothing' }));
	onTestFinished(() => owned.close());
}

const noModels = (): never => {
	throw new Error('a command opened an application of its own');
};

/** Runs a command line in this process and returns its document. */
async function documentOf(dataFolder: string, args: readonly string[]): Promise<object> {
	let printed: object | null = null;
	const output: Output = {
		json: true,
		printed: false,
		stream() {},
		note() {},
		warn() {},
		progress() {},
		log() {},
		result: (document) => {
			printed = document;
		},
		pipe: async () => {},
		failure: (failure) => {
			throw new Error(failure.message);
		},
	};
	const interrupt = { signal: new AbortController().signal, exitCode: 130, trigger() {}, [Symbol.dispose]() {} };
	const execute: Execute = async (_command, work) => {
		await work({ output, streams: process, dataFolder, interrupt, openModels: noModels, rendererFolder: '' });
	};
	const program = await makeProgram(args, execute, () => {});
	await program.parseAsync(args, { from: 'user' });
	if (printed === null) throw new Error(`${args.join(' ')} printed no document`);
	return printed;
}

test('documents of commands keep their fields', async () => {
	const dataFolder = placeCopy(temporaryFolder());
	// Some of the models are there, and some are missing.
	placeFiles(dataFolder);
	await own(dataFolder);
	const parts: string[] = [];
	for (const args of commands) {
		const lines = shapeOf(await documentOf(dataFolder, args)).map((line) => `  ${line}`);
		parts.push(`assay ${args.join(' ')}`, ...lines, '');
	}
	await expect(parts.join('\n')).toMatchFileSnapshot(golden('names', 'documents.txt'));
}, 60_000);
