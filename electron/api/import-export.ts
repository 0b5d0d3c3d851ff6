import type { ImportExport } from '../conversation/import-export/import-export.ts';
import type { Implementer } from './implementer.ts';

export function importExportHandlers({ exchange: calls }: Implementer, importExport: ImportExport) {
	return {
		preview: calls.preview.handler(({ input }) => importExport.preview(input)),
		import: calls.import.handler(({ input }) => importExport.import(input.previewId)),
		report: calls.report.handler(({ input }) => importExport.report(input.jobId)),
		discard: calls.discard.handler(async ({ input }) => {
			await importExport.discard(input.previewId);
			return {};
		}),
		export: calls.export.handler(({ input }) => importExport.export(input.ids, input.format)),
		exported: calls.exported.handler(({ input }) => importExport.exported(input.jobId)),
	};
}
