import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { engineOfBuild } from '../../models/contract/engine-names.ts';
import { describeNodeLlamaCpp, engineBuild } from '../../models/engine-build.ts';
import { isKnownArchitecture } from '../../models/gguf/architectures.ts';
import { nodeLlamaCppBuild } from '../support/fixtures/model.ts';

const installed = join(dirname(createRequire(import.meta.url).resolve('node-llama-cpp')), '..');
const text = (...path: readonly string[]): string => readFileSync(join(installed, ...path), 'utf8');

test('the stated engine version is the installed one', () => {
	const { version } = JSON.parse(text('package.json'));
	const { release } = JSON.parse(text('llama', 'binariesGithubRelease.json'));
	expect(engineBuild).toBe(`node-llama-cpp ${version} (llama.cpp ${release})`);
	expect(engineOfBuild(engineBuild)).toBe('c-api');
	expect(engineOfBuild(describeNodeLlamaCpp(version, release))).toBe('node-llama-cpp');
	expect(nodeLlamaCppBuild).toBe(describeNodeLlamaCpp(version, release));
});

test('every architecture listed by the engine is known', () => {
	const types = text('dist', 'gguf', 'types', 'GgufMetadataTypes.d.ts');
	const list = types.slice(types.indexOf('enum GgufArchitectureType'), types.indexOf('}'));
	const names = [...list.matchAll(/ = "([^"]+)"/g)].map(([, name]) => name ?? '');
	expect(names.length).toBeGreaterThan(100);
	expect(names.filter((name) => !isKnownArchitecture(name))).toEqual(['clip', '(unknown)']);
});
