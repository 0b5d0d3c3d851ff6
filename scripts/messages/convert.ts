/**
 * `node_modules/.bin/node scripts/messages/convert.ts <folder or file> …` puts the texts of a folder into the catalogue
 * (`t`, `<Trans>`; in electron/ and models/ `said` in failures), and lists what needs a person. Run it again at will.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectRoot } from '../run-step.ts';
import { convertSource } from './convert-source.ts';
import { lineOf, parseSource, readSourceFiles } from './syntax.ts';

/** A converted text may hold others in its values, so it is done from the outside in. */
const maxRounds = 5;

const folders = process.argv.slice(2);
if (folders.length === 0) {
	process.stderr.write('Name the folders or files to convert, such as renderer/search.\n');
	process.exit(2);
}

const biome = (...args: readonly string[]): void => {
	spawnSync('npx', ['biome', ...args], { stdio: 'ignore', shell: process.platform === 'win32' });
};

let texts = 0;
const left: string[] = [];
const written: string[] = [];
for (const folder of folders) {
	for (const file of readSourceFiles(projectRoot, posix.normalize(folder))) {
		let source = file;
		for (let round = 0; round < maxRounds; round += 1) {
			const { text, converted } = convertSource(source);
			if (converted === 0) break;
			texts += converted;
			source = parseSource(source.path, text);
		}
		if (source.text !== file.text) {
			writeFileSync(join(projectRoot, source.path), source.text);
			written.push(join(projectRoot, source.path));
		}
	}
}
if (written.length > 0) {
	biome('lint', '--only=correctness/noUnusedImports', '--write', '--unsafe', ...written);
	biome('check', '--write', ...written);
}
for (const folder of folders) {
	for (const source of readSourceFiles(projectRoot, posix.normalize(folder))) {
		for (const { at, why, text } of convertSource(source).left) {
			left.push(`${source.path}:${lineOf(source.text, at)}: ${why}: ${text}`);
		}
	}
}
for (const line of left) process.stdout.write(`${line}\n`);
process.stdout.write(`${texts} texts converted; ${left.length} left for you, above.\n`);
