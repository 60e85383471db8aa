import '../styles/home.css';
import { TrailbookHome } from './home';

customElements.define('trailbook-home', TrailbookHome);
