import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, isDefinedError, safe } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
	type Application,
	type ApplicationOptions,
	createApplication,
} from '../../../electron/application/application.ts';
import type { Contract } from '../../../electron/contract/contract.ts';
import type { GenerationUpdate } from '../../../electron/contract/conversation/schema.ts';
import type { ApplicationEvent } from '../../../electron/contract/event.ts';
import { contractVersion } from '../../../electron/contract/system/version.ts';
import { answering, collect, textShown } from '../../support/conversation.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { type ScriptedOptions, scriptedApplicationModels } from '../../support/scripted-models.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Window {
	readonly client: ContractRouterClient<Contract>;
	/** Closes this end, like a window that goes away. */
	close(): void;
}

interface Running extends Application {
	readonly logged: readonly string[];
	openWindow(): Window;
}

/** Opens the application with real message ports, one for each window that a test opens. */
async function openApplication(
	options: ScriptedOptions = {},
	models: ApplicationOptions['models'] = scriptedApplicationModels(options),
): Promise<Running> {
	const logged: string[] = [];
	const dataFolder = temporaryFolder();
	addEmptyDatabase(dataFolder);
	const application = await createApplication({
		dataFolder,
		host: 'window',
		capabilities: ['reveal-file'],
		version: '1.2.3',
		log: (line) => logged.push(line),
		models,
	});
	onTestFinished(() => application.close());
	return {
		...application,
		logged,
		openWindow() {
			const { port1, port2 } = new MessageChannel();
			new RPCHandler(application.router).upgrade(port1, { context: {} });
			port1.start();
			port2.start();
			const close = (): void => port2.close();
			onTestFinished(close);
			return { client: createORPCClient(new RPCLink({ port: port2 })), close };
		},
	};
}

describe('a call', () => {
	test('gets an answer', async () => {
		const { client } = (await openApplication()).openWindow();
		expect(await client.system.hello({ contractVersion })).toMatchObject({
			assayVersion: '1.2.3',
			host: 'window',
			capabilities: ['reveal-file'],
		});
		expect(await client.settings.set({ theme: 'dark' })).toMatchObject({ theme: 'dark', listWidth: 240 });
	});

	test('with a known failure gets FAILED with the cause and next step, and logs nothing', async () => {
		const application = await openApplication();
		const { client } = application.openWindow();
		const { error } = await safe(client.conversations.get({ id: 7 }));
		expect(isDefinedError(error) && error.data).toMatchObject({
			code: 'conversation-unknown',
			message: 'There is no conversation 7.',
			next: ['List them: assay conversations list'],
		});
		expect(application.logged).toEqual([]);
	});

	test('from another contract version learns which side is older', async () => {
		const { client } = (await openApplication()).openWindow();
		const { error } = await safe(client.system.hello({ contractVersion: 0 }));
		expect(isDefinedError(error) && error.data.code).toBe('contract-mismatch');
	});

	test('with a defect gets FAILED with code internal, and the log has the stack', async () => {
		const models: ApplicationOptions['models'] = (seam) => {
			const { library, handlers } = scriptedApplicationModels()(seam);
			const modelFile = (): never => {
				throw new TypeError('nobody thought of this');
			};
			return { library: { ...library, modelFile }, handlers };
		};
		const application = await openApplication({}, models);
		const { client } = application.openWindow();
		const { error } = await safe(client.conversations.setModel({ id: 1, modelFileId: 1 }));
		expect(isDefinedError(error) && error.data).toMatchObject({
			code: 'internal',
			message: 'This is a bug in Assay: nobody thought of this',
		});
		expect(application.logged.join()).toMatch(
			/conversations\.setModel failed: TypeError: nobody thought of this\n +at /,
		);
	});

	test('with invalid values learns which ones', async () => {
		const { client } = (await openApplication()).openWindow();
		const { error } = await safe(client.conversations.rename({ id: 1, title: 'x'.repeat(501) }));
		expect(isDefinedError(error) && error.data).toMatchObject({ code: 'invalid-input' });
		expect(isDefinedError(error) && error.data.message).toBe(
			'This can’t be done: “title” has more than 500 characters.',
		);
		const empty = await safe(client.adapters.change({ id: 1, name: '' }));
		expect(isDefinedError(empty.error) && empty.error.data.message).toBe('This can’t be done: “name” is empty.');
		const uses = [{ id: 1, scale: 9 }];
		const above = await safe(client.adapters.merge({ modelFileId: 1, adapters: uses, type: 'F16' }));
		expect(isDefinedError(above.error) && above.error.data.message).toBe(
			'This can’t be done: “adapters.0.scale” is above 4.',
		);
	});
});

describe('a stream', () => {
	test('reaches two windows in full and in order, although one reloads halfway', async () => {
		const long = Array.from({ length: 200 }, (_, index) => `w${index}`).join(' ');
		const application = await openApplication(answering([{ type: 'text', text: long, tokenDelayMs: 1 }]));
		const [one, two] = [application.openWindow(), application.openWindow()];
		const { generationId: id } = await one.client.conversations.send({ conversationId: null, text: 'Count.' });
		const watched = collect(await two.client.generations.subscribe({ id }));
		const before: GenerationUpdate[] = [];
		for await (const update of await one.client.generations.subscribe({ id })) {
			before.push(update);
			if (before.length === 6) one.close();
			if (before.length === 6) break;
		}
		const again = application.openWindow();
		const after = await collect(await again.client.generations.subscribe({ id }));
		expect(textShown(after).content).toBe(long);
		expect(textShown(await watched).content).toBe(long);
		expect(long.startsWith(textShown(before).content)).toBe(true);
	});

	test('of an unknown answer fails the call, not the first read', async () => {
		const { client } = (await openApplication()).openWindow();
		const { error } = await safe(client.generations.subscribe({ id: 99 }));
		expect(isDefinedError(error) && error.data.code).toBe('generation-unknown');
	});

	test('ends when its window leaves, and a call stops the answer', async () => {
		const application = await openApplication(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const { client } = application.openWindow();
		const { generationId: id, conversationId } = await client.conversations.send({ conversationId: null, text: 'go' });
		const leave = new AbortController();
		const watched = collect(await client.generations.subscribe({ id }, { signal: leave.signal })).catch(() => 'left');
		await sleep(50);
		leave.abort();
		expect(await watched).toBeDefined();
		expect(await client.generations.stop({ id })).toEqual({ stopped: true });
		expect((await client.conversations.get({ id: conversationId })).messages[1]).toMatchObject({
			status: 'stopped',
			content: 'so far',
		});
	});

	test('of application events reaches every window and ends when the window is gone', async () => {
		const application = await openApplication(answering('hello'));
		const [one, two] = [application.openWindow(), application.openWindow()];
		const heard: ApplicationEvent[] = [];
		const events = await two.client.system.events();
		const listening = (async () => {
			for await (const event of events) heard.push(event);
		})().catch(() => {});
		await one.client.conversations.send({ conversationId: null, text: 'Hi' });
		await one.client.settings.set({ networkBlocked: true });
		await sleep(100);
		two.close();
		await listening;
		expect(heard.map(({ type }) => type)).toEqual(
			expect.arrayContaining([
				'generation-started',
				'generation-ended',
				'conversation-changed',
				'settings-changed',
				'status',
			]),
		);
		await one.client.settings.set({ networkBlocked: false });
	});
});
