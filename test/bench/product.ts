import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Client, connect } from './client.ts';

const command = fileURLToPath(new URL('../../dist/cli/cli.js', import.meta.url));

/** The browser host in its own process. */
export interface Host {
	/** An address that opens any number of times: the printed link's token was exchanged for that of a tab. */
	readonly url: string;
	readonly process: ChildProcess;
	stop(): Promise<void>;
}

/** Starts the built `assay serve` with `env` added to its environment; resolves when it has printed its address. */
export async function startHost(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Host> {
	const child = spawn(process.execPath, [command, 'serve', '--no-open', '--port', '0', '--data', folder], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
	});
	let output = '';
	const link = await new Promise<string>((resolve, reject) => {
		const read = (chunk: Buffer) => {
			output += chunk.toString();
			const found = /http:\/\/127\.0\.0\.1:\d+\/\S*#token=[\w-]+/.exec(output);
			if (found) resolve(found[0]);
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('exit', (code) => reject(new Error(`assay serve ended with ${code}:\n${output}`)));
	});
	const { token, close } = await connect(link);
	close();
	return {
		url: `${new URL(link).origin}/#token=${token}`,
		process: child,
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const exit = once(child, 'exit');
			child.kill('SIGTERM');
			await exit;
		},
	};
}

/** The whole product except the page: browser host, worker with the model loaded, and a WebSocket client. */
export interface Product {
	readonly host: Host;
	readonly client: Client;
	readonly modelFileId: number;
	/** The thread counts that the worker chose, and the measurements behind the choice. */
	readonly threads: string;
	stop(): Promise<void>;
}

export async function startProduct(
	modelPath: string,
	folder: string,
	engine: 'auto' | 'node-llama-cpp' = 'auto',
): Promise<Product> {
	const host = await startHost(folder);
	try {
		const { client, close } = await connect(host.url);
		const model = await client.models.add({ path: modelPath });
		if (engine !== 'auto') await client.models.setOptions({ id: model.id, options: { engine } });
		const state = await client.models.load({ id: model.id });
		if (state.state !== 'loaded')
			throw new Error(`the model is ${state.state} after loading: ${JSON.stringify(state)}`);
		const { threads, threadTrials } = state.capabilities;
		const trials = threadTrials.map((trial) => `${trial.threads}: ${trial.tokensPerSecond.toFixed(0)} tok/s`);
		return {
			host,
			client,
			modelFileId: model.id,
			threads: `${threads} (${trials.join(', ')})`,
			async stop() {
				close();
				await host.stop();
			},
		};
	} catch (error) {
		await host.stop();
		throw error;
	}
}
