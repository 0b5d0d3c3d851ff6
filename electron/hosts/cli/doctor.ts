import type { Command } from 'commander';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { failureOf } from '../../api/call-failure.ts';
import type { Doctor, DoctorCheck } from '../../contract/system/schema.ts';
import { contractVersion } from '../../contract/system/version.ts';
import { isLoopbackHost } from '../../loopback/host-name.ts';
import { checkEndpoint, type EndpointReport } from '../../server/endpoint-doctor/check-endpoint.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { assayVersion } from '../assay-version.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { counted } from './table.ts';
import { withApplication } from './with-application.ts';

export const addDoctor: AddCommands = (program, execute) => {
	program
		.command('doctor')
		.description('check everything Assay needs and suggest fixes')
		.option('--endpoint <url>', 'check a server of OpenAI’s API instead, with the shapes of real clients')
		.option('--key <key>', 'key of that server')
		.option('--model <id>', 'model to ask there; the first one that is loaded if omitted')
		.addHelpText(
			'after',
			examples('doctor', 'doctor --json', 'doctor --endpoint http://127.0.0.1:4891/v1 --key sk-assay-…'),
		)
		.action((options: EndpointOptions, command: Command) =>
			execute(command, (context) => (options.endpoint === undefined ? examine(context) : probe(context, options))),
		);
};

interface EndpointOptions {
	endpoint?: string;
	key?: string;
	model?: string;
}

/** Exit code 3 if anything is broken; missing features are only reported. */
async function probe(context: CommandContext, { endpoint = '', key, model }: EndpointOptions): Promise<number> {
	const { output, interrupt } = context;
	if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
		throw new UsageError(`"${endpoint}" is no address: give one such as http://127.0.0.1:4891/v1`);
	}
	if (!isLoopbackHost(new URL(endpoint).host)) await requireNetwork(context);
	const report = await checkEndpoint(endpoint, {
		key: key ?? null,
		...(model === undefined ? {} : { model }),
		signal: interrupt.signal,
	});
	output.result(report, describeEndpoint(report));
	return report.checks.some(({ outcome }) => outcome === 'broken') ? exitCode.checkFailed : exitCode.done;
}

/** Throws Failure `network-blocked`. */
async function requireNetwork(context: CommandContext): Promise<void> {
	const { networkBlocked } = await withApplication(context, (client) => client.settings.get());
	if (!networkBlocked) return;
	throw new Failure({
		code: 'network-blocked',
		message: 'Assay’s network is blocked, and this server is not on this computer.',
		next: ['Allow the network in Settings, Privacy', 'Check a server at 127.0.0.1'],
	});
}

const outcomeWords = { ok: 'ok  ', missing: 'MISS', broken: 'FAIL', skipped: 'skip' } as const;

function describeEndpoint({ url, model, checks, breaks }: EndpointReport): string {
	const lines = checks.map(({ name, outcome, detail }) => `${outcomeWords[outcome]}  ${name}: ${detail}`);
	const last =
		breaks.length === 0 ? 'No client that Assay knows breaks here.' : `This breaks or limits: ${breaks.join(', ')}`;
	return [`${url}${model === '' ? '' : `, model ${model}`}`, '', ...lines, '', last].join('\n');
}

/** What is known if the application can't be opened: `checks` says why. */
type Report = Doctor | (Pick<Doctor, 'assay' | 'platform' | 'checks'> & { dataFolder: string });

async function examine(context: CommandContext): Promise<number> {
	const report = await withApplication(context, (client) => client.system.doctor()).catch((error: unknown): Report => {
		const { message, next } = failureFacts(failureOf(error));
		return {
			assay: { version: assayVersion(), node: process.versions.node, contractVersion },
			platform: `${process.platform} ${process.arch}`,
			dataFolder: context.dataFolder,
			checks: [{ name: 'data folder', ok: false, detail: message, next: next.join('; ') }],
		};
	});
	context.output.result(report, describe(report));
	return report.checks.every(({ ok }) => ok) ? exitCode.done : exitCode.checkFailed;
}

function describe(report: Report): string {
	const head = [`Assay ${report.assay.version}, Node ${report.assay.node}, ${report.platform}`];
	if ('cpu' in report) {
		const { cpu, memory, gpus, engine, database, models } = report;
		head.push(
			`processor  ${cpu.model}, ${counted(cpu.cores, 'core')}`,
			`memory     ${formatBytes(memory.available)} of ${formatBytes(memory.total)} available`,
			`graphics   ${gpus.length > 0 ? gpus.join(', ') : 'none used'}`,
			`engine     ${engine.build}`,
			`database   ${database.path}, version ${database.version}, ${database.integrity}`,
			`models     ${models}`,
		);
	}
	return [...head, '', ...report.checks.map(describeCheck)].join('\n');
}

function describeCheck({ name, ok, detail, next }: DoctorCheck): string {
	const line = `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}`;
	return next === null ? line : `${line}\n      → ${next}`;
}
