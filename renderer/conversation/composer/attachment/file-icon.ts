import { FileCode, FileSpreadsheet, FileText, type LucideIcon } from 'lucide-react';

const prose = ['text/plain', 'text/markdown', 'application/pdf'];
const tables = ['text/csv', 'text/tab-separated-values'];

/** Endings of plain text that is no code. */
const proseEndings = /\.(?:txt|text|log|rst|adoc|srt)$|^[^.]*$/i;

export function chooseFileIcon(name: string, mediaType: string): LucideIcon {
	if (tables.includes(mediaType)) return FileSpreadsheet;
	return prose.includes(mediaType) && (mediaType !== 'text/plain' || proseEndings.test(name)) ? FileText : FileCode;
}
