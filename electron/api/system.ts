import { Failure } from '../../models/contract/failure.ts';
import type { Hello, Status } from '../contract/system.ts';
import { contractVersion } from '../contract/version.ts';
import type { EventBus } from '../events.ts';
import { type DoctorContext, runDoctor } from './doctor.ts';
import { eventStream } from './event-stream.ts';
import type { Implementer } from './implementer.ts';

export interface SystemContext extends DoctorContext {
	readonly events: EventBus;
	readonly hello: Omit<Hello, 'contractVersion'>;
	readonly status: () => Status;
}

export function systemHandlers(os: Implementer, context: SystemContext) {
	const { system } = os;
	return {
		hello: system.hello.handler(({ input }) => {
			if (input.contractVersion !== contractVersion) throw mismatch(input.contractVersion);
			return { ...context.hello, contractVersion };
		}),
		status: system.status.handler(() => context.status()),
		doctor: system.doctor.handler(() => runDoctor(context)),
		events: system.events.handler(({ signal }) => eventStream(context.events, signal)),
	};
}

function mismatch(theirs: number): Failure {
	const older = theirs < contractVersion;
	return new Failure({
		code: 'contract-mismatch',
		message: `This ${older ? 'page or command is older' : 'page or command is newer'} than the Assay that runs (contract ${theirs} and ${contractVersion}).`,
		next: older ? ['Reload the page'] : ['Quit Assay and start it again'],
	});
}
