import type { ImportExport } from '../conversation/import-export/import-export.ts';
import type { Implementer } from './implementer.ts';

export function importExportHandlers({ exchange: calls }: Implementer, exchange: ImportExport) {
	return {
		preview: calls.preview.handler(({ input }) => exchange.preview(input)),
		import: calls.import.handler(({ input }) => exchange.import(input.previewId)),
		report: calls.report.handler(({ input }) => exchange.report(input.jobId)),
		discard: calls.discard.handler(async ({ input }) => {
			await exchange.discard(input.previewId);
			return {};
		}),
		export: calls.export.handler(({ input }) => exchange.export(input.ids, input.format)),
		exported: calls.exported.handler(({ input }) => exchange.exported(input.jobId)),
	};
}
