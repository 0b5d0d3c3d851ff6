import type { Updates } from '../updates/updates.ts';
import type { Implementer } from './implementer.ts';

export function updateHandlers(os: Implementer, updates: Updates) {
	return {
		status: os.updates.status.handler(() => updates.status()),
		check: os.updates.check.handler(() => updates.check()),
		download: os.updates.download.handler(() => updates.download()),
		stop: os.updates.stop.handler(() => updates.stop()),
		install: os.updates.install.handler(({ input }) => updates.install(input.when)),
		postpone: os.updates.postpone.handler(() => updates.postpone()),
	};
}
