/** Mantine's part of the look; colours live in tokens.css, so that both themes are read side by side. */
import { createTheme, Menu, Modal, Popover, Tooltip } from '@mantine/core'

const FONT = "'Inter Variable', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', system-ui, sans-serif"

export const theme = createTheme({
  fontFamily: FONT,
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace",
  primaryColor: 'blue',
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '18px' },
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: false, transitionProps: { duration: 80 } } }),
    // Its placeholder would be an element that a menu may not contain.
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 0 }, withInitialFocusPlaceholder: false } }),
    // Gone at once when closed, so that the next key is the canvas's again.
    Popover: Popover.extend({ defaultProps: { transitionProps: { duration: 0 }, shadow: 'none' } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, transitionProps: { duration: 100, transition: 'fade' }, overlayProps: { backgroundOpacity: 0.55 } },
    }),
  },
})
