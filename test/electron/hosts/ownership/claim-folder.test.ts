import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { describe, expect, onTestFinished, test } from 'vitest';
import { contractVersion } from '../../../../electron/contract/system/version.ts';
import { claimDataFolder, type GuestOfFolder } from '../../../../electron/hosts/ownership/claim-folder.ts';
import { connectToOwner } from '../../../../electron/hosts/ownership/connect-to-owner.ts';
import { asWebSocket } from '../../../../electron/hosts/transport/rpc-client.ts';

const calls = { host: 'cli', purpose: 'calls' } as const;

function makeFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'assay-claim-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

interface Claimant {
	child: ChildProcess;
	became: string;
	of: number;
	because?: string;
}

async function startClaimant(folder: string, ownMs = 0): Promise<Claimant> {
	const child = fork(join(import.meta.dirname, 'claimant.ts'), [folder, String(ownMs)]);
	onTestFinished(() => void child.kill('SIGKILL'));
	const [message] = (await once(child, 'message')) as [Omit<Claimant, 'child'>];
	return { child, ...message };
}

function whoAnswers({ connection }: GuestOfFolder): Promise<number> {
	const client = createORPCClient<{ whoAreYou: () => Promise<number> }>(
		new RPCLink({ websocket: asWebSocket(connection) }),
	);
	return client.whoAreYou();
}

describe('a data folder', () => {
	test('has one owner when started twice, and the other process connects to it', async () => {
		const folder = makeFolder();
		const owner = await startClaimant(folder);
		expect(owner).toMatchObject({ became: 'owner', of: owner.child.pid });
		const guest = await claimDataFolder(folder, calls);
		expect(guest).toMatchObject({ kind: 'guest', owner: { pid: owner.child.pid, host: 'browser' } });
		expect(await whoAnswers(guest as GuestOfFolder)).toBe(owner.child.pid);
		(guest as GuestOfFolder).connection.close(1000, 'done');
	});

	test('has exactly one owner and five guests when six processes start at the same moment', async () => {
		const folder = makeFolder();
		const claimants = await Promise.all(Array.from({ length: 6 }, () => startClaimant(folder)));
		const owners = claimants.filter(({ became }) => became === 'owner');
		expect(owners).toHaveLength(1);
		const guests = claimants.filter(({ became, of }) => became === 'guest' && of === owners[0]?.of);
		expect(guests).toHaveLength(5);
	});

	test('is free at once after its owner is killed, whatever the owner left behind', async () => {
		const folder = makeFolder();
		const first = await startClaimant(folder);
		first.child.kill('SIGKILL');
		await once(first.child, 'exit');
		expect(existsSync(join(folder, 'owner.json'))).toBe(true);
		const before = Date.now();
		const claim = await claimDataFolder(folder, calls);
		expect(claim.kind).toBe('owner');
		expect(Date.now() - before).toBeLessThan(500);
		if (claim.kind === 'owner') claim.release();
	});

	test('is claimed by exactly one of several that find a killed owner at the same moment', async () => {
		const folder = makeFolder();
		const first = await startClaimant(folder);
		first.child.kill('SIGKILL');
		await once(first.child, 'exit');
		const claimants = await Promise.all(Array.from({ length: 4 }, () => startClaimant(folder)));
		expect(claimants.map(({ became }) => became).sort()).toEqual(['guest', 'guest', 'guest', 'owner']);
	});

	test('contains neither socket nor owner file after its owner quit', async () => {
		const folder = makeFolder();
		const { child } = await startClaimant(folder);
		child.send('quit');
		await once(child, 'exit');
		expect(existsSync(join(folder, 'owner.json'))).toBe(false);
		expect(existsSync(join(folder, 'assay.sock'))).toBe(false);
		const next = await startClaimant(folder);
		expect(next.became).toBe('owner');
	});

	test('waits for an owner that is still starting', async () => {
		const folder = makeFolder();
		const [owner, guest] = await Promise.all([
			startClaimant(folder, 800),
			new Promise<Claimant>((resolve) => setTimeout(() => resolve(startClaimant(folder, 800)), 300)),
		]);
		expect([owner.became, guest.became].sort()).toEqual(['guest', 'owner']);
	});

	test('gives a failure that names the process and the way out if its owner hangs', async () => {
		const folder = makeFolder();
		const { child } = await startClaimant(folder);
		child.kill('SIGSTOP');
		const claim = claimDataFolder(folder, { ...calls, patienceMs: 500 });
		await expect(claim).rejects.toMatchObject({
			code: 'data-folder-busy',
			message: expect.stringContaining(`process ${child.pid}`),
			next: expect.arrayContaining([expect.stringContaining('--data')]),
		});
	});

	test('is refused with both versions if its owner has another contract version', async () => {
		const folder = makeFolder();
		const { child } = await startClaimant(folder);
		const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Record<string, unknown>;
		const refused = connectToOwner(owner as never, 'calls', 99);
		await expect(refused).rejects.toMatchObject({
			code: 'contract-mismatch',
			message: expect.stringMatching(
				new RegExp(`process ${child.pid}.*version ${contractVersion}, this client version 99`),
			),
		});
	});

	test('gives a failure with the next step if it is not writable', async () => {
		const folder = makeFolder();
		writeFileSync(join(folder, 'file'), '');
		await expect(claimDataFolder(join(folder, 'file', 'data'), calls)).rejects.toMatchObject({
			code: 'data-folder-unusable',
			next: expect.arrayContaining([expect.stringContaining('ASSAY_DATA')]),
		});
	});

	test('works even if its path is too long for a socket', async () => {
		const folder = join(makeFolder(), 'ü'.repeat(80), 'x'.repeat(60));
		const owner = await startClaimant(folder);
		expect(owner.became).toBe('owner');
		const guest = await claimDataFolder(folder, calls);
		expect(await whoAnswers(guest as GuestOfFolder)).toBe(owner.child.pid);
		(guest as GuestOfFolder).connection.close(1000, 'done');
		owner.child.send('quit');
		await once(owner.child, 'exit');
	});

	test('shows the running application when it is started a second time', async () => {
		const folder = makeFolder();
		await startClaimant(folder);
		const second = await claimDataFolder(folder, { host: 'browser', purpose: 'focus' });
		expect(second).toMatchObject({
			kind: 'guest',
			show: { kind: 'address', link: { url: 'http://127.0.0.1:1/#token=t' } },
		});
		(second as GuestOfFolder).connection.close(1000, 'done');
	});

	test('admits no other user', async ({ skip }) => {
		skip(process.platform === 'win32', 'SKIPPED: Windows has no file modes; the pipe needs the token');
		const folder = join(makeFolder(), 'data');
		await startClaimant(folder);
		const modes = [folder, join(folder, 'assay.sock'), join(folder, 'owner.json')].map((path) =>
			(statSync(path).mode & 0o777).toString(8),
		);
		expect(modes).toEqual(['700', '600', '600']);
	});
});
