import { expect, test } from 'vitest';
import { affectedTests } from '../../scripts/test/affected-tests.ts';

const texts: Readonly<Record<string, string>> = {
	'test/architecture/imports.test.ts': '',
	'test/electron/dataset/split.test.ts': '',
	'test/electron/hosts/cli/datasets/datasets.test.ts': '',
	'test/models/native/perplexity/perplexity.model.test.ts': '',
	'test/e2e/dataset.e2e.test.ts': 'client.datasets.list()',
	'test/e2e/search.e2e.test.ts': 'client.search.find()',
	'test/renderer/screens.e2e.test.ts': 'scenes',
};
const touchedBy = (changed: string[], importing: string[] = []) =>
	affectedTests({ changed, importing, tests: Object.keys(texts), read: (test) => texts[test] ?? '' });

test('a changed test runs, and so does every test that imports a changed file', () => {
	expect(
		touchedBy(['test/e2e/search.e2e.test.ts', 'test/support/hub.ts'], ['test/electron/dataset/split.test.ts']),
	).toEqual(['test/electron/dataset/split.test.ts', 'test/e2e/search.e2e.test.ts']);
	expect(touchedBy(['README.md'])).toEqual([]);
});

test('a command that runs as a process is tested by the folder that mirrors its own', () => {
	expect(touchedBy(['electron/hosts/cli/datasets.ts'])).toContain('test/electron/hosts/cli/datasets/datasets.test.ts');
	expect(touchedBy(['electron/dataset/split.ts'])).toEqual([
		'test/architecture/imports.test.ts',
		'test/electron/dataset/split.test.ts',
		'test/e2e/dataset.e2e.test.ts',
	]);
});

test('code in the process of a model is tested by all model tests', () => {
	expect(touchedBy(['models/worker/heartbeat.ts'])).toContain('test/models/native/perplexity/perplexity.model.test.ts');
	expect(touchedBy(['models/disk-space.ts'])).not.toContain('test/models/native/perplexity/perplexity.model.test.ts');
});

test('a part of the page is tested by the screens and its own domain, a shared part by all tests that drive the product', () => {
	expect(touchedBy(['renderer/search/search-field.tsx']).filter((path) => path.includes('e2e'))).toEqual([
		'test/e2e/search.e2e.test.ts',
		'test/renderer/screens.e2e.test.ts',
	]);
	for (const shared of ['renderer/design/button.tsx', 'electron/contract/search/schema.ts', 'renderer/mount.tsx'])
		expect(touchedBy([shared]).filter((path) => path.includes('.e2e.'))).toHaveLength(3);
});
