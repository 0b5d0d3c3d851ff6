import { Failure } from '../contract/failure.ts';
import { said } from '../contract/said.ts';

export const defaultHub = 'https://huggingface.co';

/** Hosts where Hugging Face keeps its files; a name includes its subdomains. */
const ownHosts = ['huggingface.co', 'hf.co'] as const;

/** The hub in use. */
export interface HubAddress {
	readonly url: URL;
	/** Hosts that files may be redirected to, in addition to the hub's own. */
	readonly fileHosts: readonly string[];
	/** The user's access token, from HF_TOKEN; sent only to the hub's own host. */
	readonly token: string | null;
}

/**
 * Returns the hub: the address in the settings, else HF_ENDPOINT as in Hugging Face's own tools, else huggingface.co. A
 * token in HF_TOKEN is sent to the hub of HF_ENDPOINT or huggingface.co, never to one from the settings: typing a
 * mirror there does not grant it the token. Throws Failure `hub-address`.
 */
export function hubAddress(setting: string, environment: Readonly<Record<string, string | undefined>>): HubAddress {
	const own = environment.HF_ENDPOINT?.trim() || defaultHub;
	const text = setting.trim() === '' ? own : setting.trim();
	const url = URL.canParse(text) ? new URL(text) : null;
	const plain = url !== null && url.protocol === 'http:' && isOwnNetwork(url.hostname);
	if (url === null || (url.protocol !== 'https:' && !plain)) {
		throw new Failure({
			code: 'hub-address',
			message: said`The address of the model hub, ${JSON.stringify(text.slice(0, 100))}, can’t be used.`,
			next: [said`Enter an https address, e.g. ${defaultHub}`, said`Leave it empty in the settings for the usual one`],
		});
	}
	const token = environment.HF_TOKEN?.trim() || null;
	return { url, fileHosts: ownHosts, token: new URL(own).host === url.host ? token : null };
}

/** Returns whether a host is local. Plain http is only for a mirror on this computer or in the local network. */
function isOwnNetwork(host: string): boolean {
	return /^(localhost|\[::1\]|127(\.\d+){3}|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2})$/.test(
		host,
	);
}

/** "owner/name" as hubs write it; anything else, including paths that leave a folder, is refused. */
const repositoryPattern = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

/**
 * Returns the name without "https://huggingface.co/" and ".git", which people paste. Throws Failure `hub-repository`.
 */
export function repositoryName(text: string, hub: HubAddress): string {
	let name = text.trim();
	for (const start of [`${hub.url.origin}/`, `${defaultHub}/`, 'https://hf.co/', 'hf.co/', 'huggingface.co/']) {
		if (name.startsWith(start)) name = name.slice(start.length);
	}
	name = name.replace(/\/(tree|blob|resolve)\/.*$/, '').replace(/\/$/, '');
	if (repositoryPattern.test(name) && !name.includes('..')) return name;
	throw new Failure({
		code: 'hub-repository',
		message: said`The name ${JSON.stringify(text.slice(0, 100))} is not valid for a repository.`,
		next: [
			said`Names look like owner/name, e.g. Qwen/Qwen2.5-1.5B-Instruct-GGUF`,
			said`Search for the model by its name`,
		],
	});
}

/** Names that Windows reserves for devices, with any extension. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Returns whether the name is a plain file name on all three systems. */
export function isPlainFileName(name: string): boolean {
	return /^[A-Za-z0-9_][\w.+() @-]{0,180}$/.test(name) && !/[. ]$/.test(name) && !devices.test(name);
}

/** Returns the address of a file at a revision. */
export function fileUrl(hub: HubAddress, repository: string, revision: string, path: string): URL {
	const encoded = path.split('/').map(encodeURIComponent).join('/');
	return new URL(`/${repository}/resolve/${encodeURIComponent(revision)}/${encoded}`, hub.url);
}
