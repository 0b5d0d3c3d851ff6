import type { Command } from 'commander';
import { failureFacts } from '../../../models/contract/failure.ts';
import { failureOf } from '../../api/call-failure.ts';
import type { Doctor, DoctorCheck } from '../../contract/system/schema.ts';
import { contractVersion } from '../../contract/system/version.ts';
import { formatBytes } from '../../text/format-bytes.ts';
import { assayVersion } from '../assay-version.ts';
import { type AddCommands, type CommandContext, examples } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { counted } from './table.ts';
import { withApplication } from './with-application.ts';

export const addDoctor: AddCommands = (program, execute) => {
	program
		.command('doctor')
		.description('check everything Assay needs and suggest fixes')
		.addHelpText('after', examples('doctor', 'doctor --json'))
		.action((_options, command: Command) => execute(command, examine));
};

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
