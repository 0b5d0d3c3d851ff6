import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../../../models/contract/failure.ts';
import type { Download, DownloadRequest } from '../../../contract/library/hub.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import type { Interrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withApplication } from '../with-application.ts';
import { modelRow } from './model-table.ts';

/** How often the download is polled, ms. */
const pollMs = 250;

/**
 * Parses what `text` names: "smollm2-360m-instruct" is an entry of the catalogue; "owner/name", "owner/name:Q4_K_M",
 * "owner/name:file.gguf" and the web address of either are on the hub.
 */
export function requestOf(text: string): DownloadRequest {
	const plain = text.replace(/^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\//, '');
	const page = /^([^/:]+\/[^/:]+)\/(?:blob|resolve|tree)\/[^/]+(?:\/([^?]+))?/.exec(plain);
	const name = page ?? /^([^/:]+\/[^/:]+)(?::(.+))?$/.exec(plain);
	const [, repository, file] = name ?? [];
	if (repository === undefined) return { catalogueId: text };
	return { repository, ...(file === undefined ? {} : { file }) };
}

/** `assay models pull <id>`: downloads a model and waits until it is verified and in the library. */
export async function pullModel(context: CommandContext, text: string): Promise<number> {
	const { output, interrupt } = context;
	return withApplication(context, async (client) => {
		const started = await client.downloads.start(requestOf(text));
		const ended = await follow(client, started, output, interrupt);
		if (ended.state === 'paused') {
			output.note('Stopped. The downloaded part is kept; run the same command to resume.');
			return interrupt.exitCode;
		}
		if (ended.failure) throw new Failure(ended.failure);
		const { models } = await client.models.list();
		const model = models.find((each) => each.id === ended.modelFileId);
		const checked = ended.verified === true ? 'SHA-256 verified' : 'its publisher states no SHA-256';
		output.result(
			{ models: model ? [modelRow(model)] : [], verified: ended.verified },
			`Downloaded ${ended.name} (${formatBytes(ended.totalBytes)}; ${checked})`,
		);
		return exitCode.done;
	});
}

async function follow(client: Client, started: Download, output: Output, interrupt: Interrupt): Promise<Download> {
	let download = started;
	output.note(`Downloading ${download.name}${download.totalBytes > 0 ? ` (${formatBytes(download.totalBytes)})` : ''}`);
	const atStart = started.receivedBytes;
	while (!['done', 'failed', 'cancelled', 'paused'].includes(download.state)) {
		output.progress(progressLine(download));
		// Nothing has arrived: at a terminal the reason is more useful than half an hour of retries.
		if (download.state === 'waiting' && download.receivedBytes <= atStart) {
			const { failure } = download;
			const paused = await client.downloads.pause({ downloadId: download.id });
			output.progress(null);
			if (paused.state === 'done') return paused;
			return forgetEmpty(client, { ...paused, state: 'failed', failure });
		}
		await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
		if (interrupt.signal.aborted) return client.downloads.pause({ downloadId: download.id });
		const { downloads } = await client.downloads.list();
		download = downloads.find(({ id }) => id === started.id) ?? download;
	}
	output.progress(null);
	return download.state === 'failed' ? forgetEmpty(client, download) : download;
}

/** A download that brought nothing has nothing to resume, so it is removed from the list. */
async function forgetEmpty(client: Client, download: Download): Promise<Download> {
	if (download.receivedBytes === 0) await client.downloads.cancel({ downloadId: download.id });
	return download;
}

function progressLine(download: Download): string {
	const { state, receivedBytes, totalBytes, bytesPerSecond, secondsLeft, source, failure } = download;
	if (state === 'queued') return 'waiting for another download';
	if (state === 'waiting') return `retrying soon: ${failure?.message ?? ''}`;
	if (state === 'verifying') return 'verifying the SHA-256';
	if (totalBytes === 0) return 'looking up the size';
	const part = receivedBytes / totalBytes;
	const bar = '█'.repeat(Math.round(part * 24)).padEnd(24, '░');
	return [
		`${bar} ${Math.round(part * 100)} %`,
		`${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`,
		...(bytesPerSecond === null ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
		...(secondsLeft === null ? [] : [`${Math.ceil(secondsLeft)} s left`]),
		...(source === null ? [] : [`from ${source}`]),
	].join(', ');
}
