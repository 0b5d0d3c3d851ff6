import { Failure } from '../contract/failure.ts';

export const defaultHub = 'https://huggingface.co';

/** Hosts that Hugging Face keeps its files on; a name stands for its subdomains too. */
const ownHosts = ['huggingface.co', 'hf.co'] as const;

/** Which hub is asked. */
export interface HubAddress {
	readonly url: URL;
	/** Hosts that files may be redirected to, besides the hub's own. */
	readonly fileHosts: readonly string[];
	/** An access token of the person, from HF_TOKEN; goes to the hub's own host only. */
	readonly token: string | null;
}

/**
 * The hub: the address of the settings, else HF_ENDPOINT as Hugging Face's own tools read it, else huggingface.co. A
 * token in HF_TOKEN goes with requests to the hub of HF_ENDPOINT or huggingface.co, never to one of the settings: who
 * typed a mirror there did not thereby give it the token. Throws Failure `hub-address`.
 */
export function hubAddress(setting: string, environment: Readonly<Record<string, string | undefined>>): HubAddress {
	const own = environment.HF_ENDPOINT?.trim() || defaultHub;
	const text = setting.trim() === '' ? own : setting.trim();
	const url = URL.canParse(text) ? new URL(text) : null;
	const plain = url !== null && url.protocol === 'http:' && isOwnNetwork(url.hostname);
	if (url === null || (url.protocol !== 'https:' && !plain)) {
		throw new Failure({
			code: 'hub-address',
			message: `The address of the model hub, ${JSON.stringify(text.slice(0, 100))}, is not one that can be asked.`,
			next: [`Give an https address, e.g. ${defaultHub}`, 'Leave it empty in the settings for the usual one'],
		});
	}
	const token = environment.HF_TOKEN?.trim() || null;
	return { url, fileHosts: ownHosts, token: new URL(own).host === url.host ? token : null };
}

/** Plain http is for a mirror on this computer or in the own network. */
function isOwnNetwork(host: string): boolean {
	return /^(localhost|\[::1\]|127(\.\d+){3}|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2})$/.test(
		host,
	);
}

/** "owner/name" as hubs write it; anything else (and so anything that climbs out of a folder) is refused. */
const repositoryPattern = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

/** Throws Failure `hub-repository`. Returns it without "https://huggingface.co/" and ".git", which people paste. */
export function repositoryName(text: string, hub: HubAddress): string {
	let name = text.trim();
	for (const start of [`${hub.url.origin}/`, `${defaultHub}/`, 'https://hf.co/', 'hf.co/', 'huggingface.co/']) {
		if (name.startsWith(start)) name = name.slice(start.length);
	}
	name = name.replace(/\/(tree|blob|resolve)\/.*$/, '').replace(/\/$/, '');
	if (repositoryPattern.test(name) && !name.includes('..')) return name;
	throw new Failure({
		code: 'hub-repository',
		message: `No repository can be called ${JSON.stringify(text.slice(0, 100))}.`,
		next: ['Names look like owner/name, e.g. Qwen/Qwen2.5-1.5B-Instruct-GGUF', 'Search for the model by its name'],
	});
}

/** Names that Windows keeps for devices, whatever comes after the dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether a file of a repository has a name that is a plain file name on all three systems. */
export function isPlainFileName(name: string): boolean {
	return /^[A-Za-z0-9_][\w.+() @-]{0,180}$/.test(name) && !/[. ]$/.test(name) && !devices.test(name);
}

/** Address of a file at a revision. */
export function fileUrl(hub: HubAddress, repository: string, revision: string, path: string): URL {
	const encoded = path.split('/').map(encodeURIComponent).join('/');
	return new URL(`/${repository}/resolve/${encodeURIComponent(revision)}/${encoded}`, hub.url);
}
