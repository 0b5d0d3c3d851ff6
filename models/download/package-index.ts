import { execFile } from 'node:child_process';
import { said } from '../contract/said.ts';
import { wholeBody } from './fetch-file.ts';
import { get, type HttpOptions } from './http.ts';
import { NetworkProblem } from './network-gate.ts';

/** Runs Python with these arguments; null if there is none or it fails. */
export type RunPython = (args: readonly string[], signal: AbortSignal) => Promise<string | null>;

/** A cold start of pip on a slow disk takes seconds. */
const pythonMs = 15_000;
/** Limit for the page of one package, which lists its files. */
const maxPageBytes = 16 * 1024 * 1024;

/** Runs this computer's Python under the names it has on the three systems. */
export const runSystemPython: RunPython = async (args, signal) => {
	for (const command of process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python']) {
		const output = await new Promise<string | null>((resolve) => {
			execFile(command, [...args], { timeout: pythonMs, signal, windowsHide: true }, (error, stdout) =>
				resolve(error === null ? stdout.trim() : null),
			);
		});
		signal.throwIfAborted();
		if (output !== null && output !== '') return output;
	}
	return null;
};

/**
 * Returns the address of the package index that pip would use: from its environment variable, its configuration, or
 * pip's own default. Assay contains no address: users of a mirror configure it in pip.
 */
export async function packageIndexUrl(
	environment: Readonly<Record<string, string | undefined>>,
	runPython: RunPython,
	signal: AbortSignal,
): Promise<URL> {
	const answers = [
		() => Promise.resolve(environment.PIP_INDEX_URL ?? null),
		() => runPython(['-m', 'pip', 'config', 'get', 'global.index-url'], signal),
		() => runPython(['-c', 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)'], signal),
	];
	for (const answer of answers) {
		const text = (await answer())?.trim();
		if (text === undefined || !URL.canParse(text)) continue;
		const url = new URL(text.endsWith('/') ? text : `${text}/`);
		if (url.protocol === 'https:' || url.protocol === 'http:') return url;
	}
	throw new NetworkProblem(said`no package index is known, because this computer has no Python with pip`);
}

/** Finds a file's link on an index page, in JSON (PEP 691) or HTML (PEP 503). */
function findLink(page: string, contentType: string, fileName: string): string | null {
	if (contentType.includes('json')) {
		const parsed: unknown = JSON.parse(page);
		const files = typeof parsed === 'object' && parsed !== null && 'files' in parsed ? parsed.files : null;
		if (!Array.isArray(files)) return null;
		const file = files.find((entry: { filename?: unknown; url?: unknown }) => entry?.filename === fileName);
		return typeof file?.url === 'string' ? file.url : null;
	}
	for (const [, href] of page.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi)) {
		const path = href?.split(/[?#]/)[0] ?? '';
		if (decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)) === fileName) return href ?? null;
	}
	return null;
}

/**
 * Returns the address of a package's file on the index. Rejects with NetworkProblem if the index or the file is
 * missing.
 */
export async function findOnIndex(
	index: URL,
	packageName: string,
	fileName: string,
	options: HttpOptions,
): Promise<URL> {
	const answer = await get(new URL(`${packageName}/`, index), {
		...options,
		headers: { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' },
	});
	const page = await wholeBody(answer, maxPageBytes, 'its page of the package is too large');
	let link: string | null = null;
	try {
		link = findLink(page.toString('utf8'), answer.headers['content-type'] ?? '', fileName);
	} catch (error) {
		throw new NetworkProblem(said`the page of the package is invalid`, { cause: error });
	}
	if (link === null || !URL.canParse(link, answer.url.href)) {
		throw new NetworkProblem(said`${fileName} is not listed`);
	}
	const file = new URL(link, answer.url.href);
	if (file.protocol !== 'https:' && file.protocol !== index.protocol) {
		throw new NetworkProblem(said`the link to the file does not use HTTPS`);
	}
	// An index that requires a login usually serves its files behind the same login.
	if (file.host === index.host) {
		file.username = index.username;
		file.password = index.password;
	}
	return file;
}
