import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../../../models/contract/failure.ts';
import type { Download } from '../../../contract/model.ts';
import type { Client } from '../../ownership/attach.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import type { Interrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withApplication } from '../session.ts';
import { bytes } from '../table.ts';
import { modelRow } from './model-row.ts';

/** How often the download is looked at, ms. */
const lookMs = 250;

/** `assay models pull <id>`: fetches a model of the catalogue and waits until it is verified and in the library. */
export async function pullModel(context: CommandContext, id: string): Promise<number> {
	const { output, interrupt } = context;
	return withApplication(context, async (client) => {
		const started = await client.models.pull({ catalogueId: id });
		const ended = await follow(client, started, output, interrupt);
		if (ended.state === 'cancelled') return interrupt.exitCode;
		if (ended.failure) throw new Failure(ended.failure);
		const { models } = await client.models.list();
		const model = models.find((each) => each.id === ended.modelFileId);
		output.result({ models: model ? [modelRow(model)] : [] }, `Fetched ${ended.name} (${bytes(ended.totalBytes)})`);
		return exitCode.done;
	});
}

async function follow(client: Client, started: Download, output: Output, interrupt: Interrupt): Promise<Download> {
	let download = started;
	output.note(`Fetching ${download.name} (${bytes(download.totalBytes)})`);
	while (!['done', 'failed', 'cancelled'].includes(download.state)) {
		output.progress(progressLine(download));
		await wait(lookMs, undefined, { signal: interrupt.signal }).catch(() => {});
		if (interrupt.signal.aborted) return client.models.cancelPull({ downloadId: download.id });
		const { downloads } = await client.models.catalogue();
		download = downloads.find(({ id }) => id === started.id) ?? download;
	}
	output.progress(null);
	return download;
}

function progressLine({ state, receivedBytes, totalBytes, bytesPerSecond, secondsLeft, source }: Download): string {
	if (state === 'queued') return 'waiting';
	if (state === 'verifying') return 'checking that the file is the right one';
	const part = totalBytes > 0 ? receivedBytes / totalBytes : 0;
	const bar = '█'.repeat(Math.round(part * 24)).padEnd(24, '░');
	return [
		`${bar} ${Math.round(part * 100)} %`,
		`${bytes(receivedBytes)} of ${bytes(totalBytes)}`,
		...(bytesPerSecond === null ? [] : [`${bytes(bytesPerSecond)}/s`]),
		...(secondsLeft === null ? [] : [`${Math.ceil(secondsLeft)} s left`]),
		...(source === null ? [] : [`from ${source}`]),
	].join(', ');
}
