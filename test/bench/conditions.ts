import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The circumstances of a measurement: what a reader needs to repeat the figures, or to distrust them. */
export interface Conditions {
	readonly date: string;
	readonly cpu: string;
	readonly cores: number;
	/** Bytes. */
	readonly memory: { readonly total: number; readonly free: number };
	/** Cores that other programs kept busy in the second before the first measurement, and 1-minute load averages. */
	readonly load: { readonly busyCores: number; readonly before: number; after: number };
	readonly platform: string;
	readonly node: string;
	readonly engine: string;
	readonly model: { readonly path: string; readonly sha256: string };
	readonly commit: string;
	/** true if files differ from the commit. */
	readonly dirty: boolean;
	readonly quick: boolean;
}

function git(...args: string[]): string {
	try {
		return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	} catch {
		return '';
	}
}

function engineBuild(): string {
	const folder = new URL('../../node_modules/node-llama-cpp/', import.meta.url);
	const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string };
	const { release } = JSON.parse(readFileSync(new URL('llama/binariesGithubRelease.json', folder), 'utf8')) as {
		release: string;
	};
	return `node-llama-cpp ${version} (llama.cpp ${release})`;
}

/** Returns how many cores are busy right now, observed over `ms` milliseconds while this process sleeps. */
export async function busyCores(ms: number): Promise<number> {
	const read = () => {
		let idle = 0;
		let all = 0;
		for (const { times } of cpus()) {
			idle += times.idle;
			all += times.user + times.nice + times.sys + times.idle + times.irq;
		}
		return { idle, all };
	};
	const before = read();
	await delay(ms);
	const after = read();
	const share = 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
	return share * cpus().length;
}

async function sha256(path: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(path), hash);
	return hash.digest('hex');
}

export async function readConditions(modelPath: string, quick: boolean): Promise<Conditions> {
	const digest = await sha256(modelPath);
	return {
		date: new Date().toISOString(),
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: cpus().length,
		memory: { total: totalmem(), free: freemem() },
		load: { busyCores: await busyCores(1000), before: loadavg()[0]!, after: Number.NaN },
		platform: `${process.platform} ${process.arch}`,
		node: process.version,
		engine: engineBuild(),
		model: { path: modelPath, sha256: digest },
		commit: git('rev-parse', 'HEAD'),
		dirty: git('status', '--porcelain', '--untracked-files=no') !== '',
		quick,
	};
}
