import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { openModels } from '../../../electron/api/open-models.ts';
import { createApplication } from '../../../electron/application/application.ts';
import type { Script } from '../../../models/worker/engine-script.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { type Answering, type ScriptedSessions, scriptedSessions } from '../../support/evaluation.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { freePort, type Served } from '../server/serving.ts';

export interface McpServed extends Pick<Served, 'application' | 'port' | 'key' | 'log'> {
	/** Library ids of the models Alpha and Beta. */
	readonly alpha: number;
	readonly beta: number;
	readonly sessions: ScriptedSessions;
}

/**
 * The real application on a temporary folder with two tiny models, its server on. Workers follow `script`, measuring
 * processes `answering`.
 */
export async function mcpServing({
	script = { answers: [{ steps: [{ type: 'text', text: 'It is Paris.' }] }] },
	answering,
}: {
	readonly script?: Script;
	readonly answering?: Answering;
} = {}): Promise<McpServed> {
	vi.stubEnv('ASSAY_ENGINE_SCRIPT', JSON.stringify(script));
	onTestFinished(() => void vi.unstubAllEnvs());
	const log: string[] = [];
	const folder = temporaryFolder();
	addEmptyDatabase(join(folder, 'data'));
	const sessions = scriptedSessions(answering);
	const application = await createApplication({
		dataFolder: join(folder, 'data'),
		host: 'browser',
		version: '0.0.0',
		log: (line) => log.push(line),
		models: openModels(),
		openSession: sessions.open,
	});
	onTestFinished(() => application.close());
	const { client } = application;
	const alpha = await client.models.add({ path: writeTinyGguf(join(folder, 'alpha.gguf'), { name: 'Alpha' }) });
	const beta = await client.models.add({
		path: writeTinyGguf(join(folder, 'beta.gguf'), { name: 'Beta', seed: 2 }),
	});
	await client.models.setDefault({ id: alpha.id });
	const port = await freePort();
	await client.server.start({ port });
	const { secret: key } = await client.server.addKey({ name: 'agent', scopes: ['inference', 'evaluation'] });
	return { application, port, key, log, alpha: alpha.id, beta: beta.id, sessions };
}
