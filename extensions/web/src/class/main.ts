import '../styles/class.css';
import { sendForms } from './forms';

sendForms(document, { reload: () => location.reload() });
