import '../../renderer/design/base.css';
import './catalogue.css';
import { createRoot } from 'react-dom/client';
import { Catalogue } from './catalogue.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place to be drawn in');
createRoot(root).render(<Catalogue />);
