import { DocumentBuilder } from '../document-builder.ts';
import type { ParsedDocument } from '../parsed-document.ts';
import { addHtml } from './html.ts';
import { elementsNamed, pathBeside, textNamed } from './xml.ts';
import type { Zip } from './zip.ts';

/** Reads a book, chapter by chapter in the order of its spine. */
export function readEpub(name: string, zip: Zip): ParsedDocument {
	const builder = new DocumentBuilder(name);
	const packagePath = elementsNamed(zip.text('META-INF/container.xml') ?? '', 'rootfile')[0]?.['full-path'] ?? '';
	const opf = zip.text(packagePath) ?? '';
	const files = new Map(elementsNamed(opf, 'item').map((item) => [item.id ?? '', item]));
	for (const { idref } of elementsNamed(opf, 'itemref')) {
		const item = files.get(idref ?? '');
		// The table of contents repeats the headings.
		if (item === undefined || (item.properties ?? '').split(' ').includes('nav')) continue;
		const path = pathBeside(packagePath, decodeURI(item.href ?? ''));
		addHtml(builder, zip.text(path) ?? '');
	}
	return builder.finish('epub', textNamed(opf, 'title'));
}
