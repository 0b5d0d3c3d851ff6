import { DocumentBuilder, looksLikeHeader } from '../document-builder.ts';
import type { ParsedDocument } from '../parsed-document.ts';
import { elementsNamed, pathBeside, readXml, textNamed } from './xml.ts';
import type { Zip } from './zip.ts';

const presentation = 'ppt/presentation.xml';

/** Reads a PowerPoint presentation: a slide is a page, and its title a heading. Notes follow their slide. */
export function readPptx(name: string, zip: Zip): ParsedDocument {
	const builder = new DocumentBuilder(name);
	const targets = relations(zip, presentation);
	const slides = elementsNamed(zip.text(presentation) ?? '', 'sldId').flatMap((slide) => {
		const target = targets.get(slide['r:id'] ?? '')?.target;
		return target === undefined ? [] : [target];
	});
	for (const [index, path] of slides.entries()) {
		const page = index + 1;
		addSlide(builder, zip.text(path) ?? '', page, false);
		const notes = [...relations(zip, path).values()].find(({ type }) => type.endsWith('/notesSlide'));
		if (notes !== undefined) addSlide(builder, zip.text(notes.target) ?? '', page, true);
	}
	return builder.finish('pptx', textNamed(zip.text('docProps/core.xml') ?? '', 'title'), slides.length);
}

/** The files that a file of the package refers to, by the id it uses. */
function relations(zip: Zip, path: string): Map<string, { readonly target: string; readonly type: string }> {
	const own = path.replace(/([^/]+)$/, '_rels/$1.rels');
	return new Map(
		elementsNamed(zip.text(own) ?? '', 'Relationship').map((relation) => [
			relation.Id ?? '',
			{ target: pathBeside(path, relation.Target ?? ''), type: relation.Type ?? '' },
		]),
	);
}

/** Kinds of placeholders whose text is no content: date, footer, number and picture of the slide. */
const furniture = new Set(['dt', 'ftr', 'sldNum', 'hdr', 'sldImg']);

function addSlide(builder: DocumentBuilder, xml: string, page: number, isNotes: boolean): void {
	let placeholder = '';
	let text = '';
	let inText = false;
	let indent = 0;
	let bullets = false;
	let cells: string[] | null = null;
	let rows = 0;
	let hasHeader = false;
	readXml(xml, {
		open({ name, attributes }) {
			if (name === 'sp') placeholder = 'text';
			else if (name === 'ph') placeholder = attributes.type ?? 'body';
			else if (name === 'p') {
				indent = 0;
				bullets = placeholder === 'body';
			} else if (name === 'pPr') indent = Number(attributes.lvl ?? 0) || 0;
			else if (name === 'buNone') bullets = false;
			else if (name === 'buChar' || name === 'buAutoNum') bullets = true;
			else if (name === 't') inText = true;
			else if (name === 'br') text += '\n';
			else if (name === 'tbl') rows = 0;
			else if (name === 'tblPr') hasHeader = attributes.firstRow === '1';
			else if (name === 'tr') cells = [];
			else if (name === 'tc') cells?.push('');
		},
		text(piece) {
			if (inText) text += piece;
		},
		close(name) {
			if (name === 't') inText = false;
			else if (name === 'sp') placeholder = '';
			else if (name === 'p') {
				const own = text.trim();
				text = '';
				if (cells !== null) {
					if (cells.length > 0) cells[cells.length - 1] = `${cells.at(-1)} ${own.replaceAll(/\s+/g, ' ')}`.trim();
				} else if (own === '' || furniture.has(placeholder)) return;
				else if (!isNotes && (placeholder === 'title' || placeholder === 'ctrTitle')) {
					builder.add('heading', own.replaceAll(/\s+/g, ' '), { page, level: 1 });
				} else if (bullets && !isNotes) {
					builder.add('list-item', `${'  '.repeat(Math.min(indent, 8))}- ${own}`, { page });
				} else builder.add('paragraph', own, { page });
			} else if (name === 'tr' && cells !== null) {
				if (cells.some((cell) => cell !== '')) {
					builder.add(
						rows === 0 && (hasHeader || looksLikeHeader(cells)) ? 'table-header' : 'table-row',
						cells.join(' | '),
						{ page },
					);
				}
				rows += 1;
				cells = null;
			}
		},
	});
}
