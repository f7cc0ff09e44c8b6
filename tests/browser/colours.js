// How colours are compared. Stands before the scripts that do.
const color = text => {
  const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  return { channels: [red, green, blue], alpha };
};
const luminance = channels => {
  const [red, green, blue] = channels.map(value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};
// The first ground above a text that is not transparent.
const ground = element => {
  const own = color(getComputedStyle(element).backgroundColor);
  return own.alpha > 0 || !element.parentElement ? own : ground(element.parentElement);
};
