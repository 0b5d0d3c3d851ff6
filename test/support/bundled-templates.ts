import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bundle = join(import.meta.dirname, '..', '..', 'node_modules', 'node-llama-cpp', 'llama', 'gitRelease.bundle');

/** Reads the chat templates in the source of llama.cpp that comes with node-llama-cpp: name to text. */
export function bundledTemplates(): ReadonlyMap<string, string> {
	const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
	const git = (...args: readonly string[]): void => {
		execFileSync('git', ['-c', 'core.autocrlf=false', '-c', 'advice.detachedHead=false', ...args], { stdio: 'pipe' });
	};
	try {
		git('clone', '--quiet', '--no-checkout', bundle, folder);
		git('-C', folder, 'checkout', '--quiet', 'HEAD', '--', 'models/templates');
		const templates = join(folder, 'models', 'templates');
		const names = readdirSync(templates).filter((name) => name.endsWith('.jinja'));
		return new Map(names.map((name) => [name.slice(0, -'.jinja'.length), readFileSync(join(templates, name), 'utf8')]));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
