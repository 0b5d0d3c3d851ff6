import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { contract } from '../../electron/contract/contract.ts';
import { configFileJsonSchema } from '../../electron/contract/evaluation/config-file.ts';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import { defaultMigrationsFolder, readMigrations } from '../../electron/database/migrations.ts';
import { all } from '../../electron/database/sql.ts';
import { manifestHash, sampleHash } from '../../electron/evaluation/manifest-hash.ts';
import { makeProgram } from '../../electron/hosts/cli/program.ts';
import { createDatabase } from '../support/database.ts';
import { fixedManifest, fixedSample, leastSaid, readManifest, rescoredManifest } from './fixed-manifest.ts';
import { golden } from './golden.ts';
import { schemaWriter } from './schema-text.ts';
import { codesOfSources } from './source-codes.ts';

/**
 * Names that people, scripts and files on disk depend on. Removing or changing one breaks somebody's work; `-u` writes
 * additions (README.md).
 */
const file = (name: string): string => golden('names', name);

test('commands keep their options, defaults and choices', async () => {
	const program = await makeProgram(
		[],
		async () => {},
		() => {},
	);
	const lines: string[] = [];
	function note(command: Command, words: string): void {
		lines.push([words, ...command.registeredArguments.map(argumentText)].join(' '));
		lines.push(...command.options.map((option) => `  ${optionText(option)}`).sort());
		const below = command.commands.flatMap((one) => [one.name(), ...one.aliases()].map((name) => ({ one, name })));
		for (const { one, name } of below.sort((a, b) => (a.name < b.name ? -1 : 1))) note(one, `${words} ${name}`);
	}
	note(program, program.name());
	await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file('commands.txt'));
});

function argumentText({
	required,
	variadic,
	argChoices,
	defaultValue,
}: Command['registeredArguments'][number]): string {
	return `${required ? '<>' : '[]'}${variadic ? '…' : ''}${choicesText(argChoices)}${defaultText(defaultValue)}`;
}

function optionText(option: Option): string {
	const { short, long, required, optional, variadic, mandatory, argChoices, defaultValue, envVar } = option;
	return [
		[short, long].filter((flag) => flag !== undefined).join(', '),
		...(required ? [' <>'] : optional ? [' []'] : []),
		...(variadic ? ['…'] : []),
		...(mandatory ? [' mandatory'] : []),
		...(envVar === undefined ? [] : [` env ${envVar}`]),
		choicesText(argChoices),
		defaultText(defaultValue),
	].join('');
}

function choicesText(choices: readonly string[] | undefined): string {
	return choices === undefined ? '' : ` (${choices.join('|')})`;
}

function defaultText(value: unknown): string {
	return value === undefined ? '' : ` = ${JSON.stringify(value)}`;
}

test('calls of the contract keep their inputs and outputs', async () => {
	const writer = schemaWriter();
	const parts: string[] = [];
	function note(node: object, path: string): void {
		const definition = '~orpc' in node ? (node['~orpc'] as Record<'inputSchema' | 'outputSchema', unknown>) : null;
		if (definition === null) {
			for (const [name, below] of Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))) {
				note(below as object, path === '' ? name : `${path}.${name}`);
			}
			return;
		}
		const { inputSchema, outputSchema } = definition;
		parts.push(
			`${path} takes ${writer.zod(inputSchema, 'input', `${path}(in)`)}`,
			`${path} answers ${writer.zod(outputSchema, 'output', `${path}(out)`)}`,
			'',
		);
	}
	note(contract, '');
	await expect(parts.join('\n')).toMatchFileSnapshot(file('contract.txt'));
});

test('the config file of an evaluation keeps its keys', async () => {
	const text = schemaWriter().json(configFileJsonSchema(), 'input', 'config');
	await expect(`${text}\n`).toMatchFileSnapshot(file('config-file.txt'));
});

test('settings keep their names and defaults', async () => {
	await expect(`${JSON.stringify(defaultSettings, null, 2)}\n`).toMatchFileSnapshot(file('settings.json'));
});

test('failures and warnings keep their codes', async () => {
	const codes = codesOfSources(join(import.meta.dirname, '..', '..'));
	await expect(`${codes.join('\n')}\n`).toMatchFileSnapshot(file('codes.txt'));
});

test('migrations keep their checksums', async () => {
	const lines = readMigrations(defaultMigrationsFolder).map(
		({ version, name, checksum }) => `${String(version).padStart(4, '0')}_${name} ${checksum}`,
	);
	await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file('migrations.txt'));
});

test('the database keeps its schema after all migrations', async () => {
	const { database } = createDatabase();
	const rows = all<{ sql: string }>(
		database,
		'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name',
	);
	await expect(rows.map(({ sql }) => `${sql};\n`).join('\n')).toMatchFileSnapshot(file('database.sql'));
});

test('a manifest and a sample keep their hashes', async () => {
	expect(manifestHash(readManifest)).toBe(manifestHash(fixedManifest));
	const lines = [
		`manifest ${manifestHash(fixedManifest)}`,
		`manifest of a run that was re-scored ${manifestHash(rescoredManifest)}`,
		`sample ${sampleHash(fixedSample)}`,
	];
	await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file('hashes.txt'));
});

test('techniques and scorers keep their form in manifests', async () => {
	await expect(`${JSON.stringify(leastSaid, null, 2)}\n`).toMatchFileSnapshot(file('defaults.json'));
});
